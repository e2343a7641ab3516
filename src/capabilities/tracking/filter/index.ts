export {
  allowComparators,
  type Dialect,
  filterError,
  numberCondition,
  textCondition,
} from './condition.ts'
export { parseFilter } from './expression.ts'
export { pageOf, type Page, startOfPage } from './page.ts'
export { type Clause, type Order, parseOrder } from './parse.ts'
