export { servingErrors } from './errors.ts'
export { decideRoute, type Route } from './route.ts'
export {
  routesSchema,
  type GatewayState,
  type RoutedEndpoint,
  type RoutedRollout,
  type RoutedVersion,
  type Routes,
  type VersionState,
} from './schema.ts'
export {
  changeDetector,
  projectClock,
  readGatewayState,
  readRoutes,
  servingPaths,
  writeGatewayState,
  writeRoutes,
  type ServingPaths,
} from './routes-file.ts'
export { SPOOL_START, type SpoolCursor } from './spool-files.ts'
export { deleteSegmentsBefore, readSpool, type SpoolBatch } from './spool-reader.ts'
export { openSpoolWriter, type SpoolWriter } from './spool-writer.ts'
export {
  parseSpoolLine,
  spoolRecordSchema,
  type Arm,
  type Column,
  type Columns,
  type ColumnValue,
  type FeedbackRecord,
  type PredictionRecord,
  type ShadowRecord,
  type SpoolRecord,
} from './spool-records.ts'
export {
  elementCount,
  isDatatype,
  isWide,
  type Datatype,
  type ModelSignature,
  type NumericData,
  type Tensor,
  type TensorData,
  type TensorSpec,
} from './tensors.ts'
export { toColumn, toColumns } from './columns.ts'
export { parseTensorData } from './tensor-data.ts'
export { openFleet, type Fleet, type LiveEndpoint } from './fleet.ts'
export {
  createPredictor,
  type Prediction,
  type Predictor,
  type PredictRequest,
} from './predictor.ts'
export {
  createFeedback,
  type DrainSpool,
  type FeedbackItem,
  type FeedbackResult,
  type FeedbackStatus,
  type TakeFeedback,
} from './feedback.ts'
export { inspectModel, scoreRows, type ScoreOptions, type Scores } from './offline.ts'
