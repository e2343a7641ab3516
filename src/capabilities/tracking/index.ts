export { trackingErrors } from './errors.ts'
export * from './filter/index.ts'
export {
  checkKey,
  checkLength,
  invalidValue,
  isOtherPath,
  missingValue,
  otherPathMessage,
} from './names.ts'
