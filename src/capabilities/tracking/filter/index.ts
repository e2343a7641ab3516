export {
  allowComparators,
  type Dialect,
  filterError,
  numberCondition,
  textCondition,
} from './condition.ts'
export { pageOf, type Page, startOfPage } from './page.ts'
export { type Clause, type Order, parseFilter, parseOrder } from './parse.ts'
