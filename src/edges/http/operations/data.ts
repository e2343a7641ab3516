import * as contract from '../contract.ts'
import { get, post } from '../operation.ts'

/** Data sets, their versions, what they were checked for and who learned from them. */
export const dataOperations = {
  dataSets: get('/data', 'What is kept in the cache, and how it stands', {
    answer: contract.dataSetListSchema,
  }),
  dataSet: get('/data/set', 'One data set with its versions', {
    answer: contract.dataSetDetailSchema,
    query: contract.dataPathQuerySchema,
  }),
  dataDiff: get('/data/diff', 'Two versions compared', {
    answer: contract.dataDiffSchema,
    query: contract.dataDiffQuerySchema,
  }),
  dataOverlay: get('/data/overlay', 'How one column is spread in two versions', {
    answer: contract.dataOverlaySchema,
    query: contract.dataSpreadQuerySchema,
  }),
  dataReports: get('/data/reports', 'Checks against its contract, the newest first', {
    answer: contract.checkReportListSchema,
    query: contract.dataPathQuerySchema,
  }),
  dataRemote: get('/data/remote', 'How the cache and the remote differ', {
    answer: contract.remoteStandingSchema,
  }),
  dataNotify: post('/data/notify', 'Files have come: look now at the places that mean them', {
    body: contract.dataNoticeSchema,
    answer: contract.dataNoticedSchema,
  }),
} as const
