/**
 * Queries whose text never changes, built once for each kind of database: kysely takes longer to build one than the
 * database takes to carry it out.
 */
import type { Compilable, CompiledQuery } from 'kysely'
import type { Connection } from './tables.ts'

/** Stands for a value where the query is built; typed as whatever the column wants. */
export type Place = (index: number) => never

interface Constant<Row> {
  query: CompiledQuery<Row>
  /** Of each parameter in the text's order: which of the values it is. */
  places: readonly number[]
}

/**
 * @param build makes the query with `at(0)`, `at(1)` ... in the places of its values
 * @returns runs it with these values; says which rows came back
 */
export function constantQuery<Row>(build: (db: Connection, at: Place) => Compilable<Row>) {
  const built = new WeakMap<object, Constant<Row>>()
  return async (db: Connection, values: readonly unknown[]): Promise<Row[]> => {
    const { adapter } = db.getExecutor()
    let constant = built.get(adapter)
    if (!constant) {
      const query = build(db, (index) => index as never).compile()
      constant = { query, places: query.parameters as number[] }
      built.set(adapter, constant)
    }
    const parameters = constant.places.map((place) => values[place])
    return (await db.executeQuery<Row>({ ...constant.query, parameters })).rows
  }
}
