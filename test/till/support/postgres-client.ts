/** As much of PostgreSQL's protocol as kysely asks of a driver: https://www.postgresql.org/docs/current/protocol.html */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely'

type Row = Record<string, unknown>

interface Message {
  type: string
  body: Buffer
}

interface Column {
  name: string
  isNumber: boolean
}

const protocolVersion = 196_608
/** int8, int2, int4, float4, float8, numeric. */
const numberTypes = new Set([20, 21, 23, 700, 701, 1700])

/** Connections to the server behind a socket of this machine, which trusts whoever may open it. */
export class LocalPostgresPool implements PostgresPool {
  readonly options = {}
  readonly #path: string
  readonly #idle: Connection[] = []

  constructor(path: string) {
    this.#path = path
  }

  async connect(): Promise<PostgresPoolClient> {
    const connection = this.#idle.pop() ?? (await Connection.open(this.#path))
    return {
      query: ((text: string, parameters: readonly unknown[]) => connection.query(text, parameters)) as never,
      release: () => void this.#idle.push(connection),
    }
  }

  async end(): Promise<void> {
    for (const connection of this.#idle.splice(0)) connection.close()
  }
}

class Connection {
  readonly #socket: Socket
  readonly #messages: AsyncIterator<Message>

  private constructor(socket: Socket) {
    this.#socket = socket
    this.#messages = messagesOf(socket)
  }

  static async open(path: string): Promise<Connection> {
    const socket = connect(path)
    await once(socket, 'connect')
    const connection = new Connection(socket)
    const options = Buffer.from('user\0postgres\0database\0postgres\0\0')
    socket.write(Buffer.concat([int32(options.length + 8), int32(protocolVersion), options]))
    await connection.#untilReady()
    return connection
  }

  async query(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<Row>> {
    const values = parameters.map((value) =>
      value === null || value === undefined ? null : Buffer.from(String(value)),
    )
    const bound = values.flatMap((value) => (value ? [int32(value.length), value] : [int32(-1)]))
    this.#socket.write(
      Buffer.concat([
        message('P', Buffer.from(`\0${text}\0`), int16(0)),
        message('B', Buffer.from('\0\0'), int16(0), int16(values.length), ...bound, int16(0)),
        message('D', Buffer.from('P\0')),
        message('E', Buffer.from('\0'), int32(0)),
        message('S'),
      ]),
    )
    return this.#untilReady()
  }

  close(): void {
    this.#socket.end(message('X'))
  }

  async #untilReady(): Promise<PostgresQueryResult<Row>> {
    let columns: Column[] = []
    let tag = ''
    let refused: Error | undefined
    const rows: Row[] = []
    for (;;) {
      const { value } = await this.#messages.next()
      const { type, body } = value as Message
      if (type === 'T') columns = columnsOf(body)
      else if (type === 'D') rows.push(rowOf(columns, body))
      else if (type === 'C') tag = textUntilZero(body, 0)
      else if (type === 'E') refused = errorOf(body)
      else if (type === 'Z') break
    }
    if (refused) throw refused
    const [command = '', ...counts] = tag.split(' ')
    return { command: command as 'SELECT', rowCount: Number(counts.at(-1) ?? 0), rows }
  }
}

async function* messagesOf(socket: Socket): AsyncGenerator<Message> {
  let bytes = Buffer.alloc(0)
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk as Buffer])
    while (bytes.length >= 5 && bytes.length > bytes.readInt32BE(1)) {
      const end = 1 + bytes.readInt32BE(1)
      yield { type: String.fromCharCode(bytes.readUInt8(0)), body: bytes.subarray(5, end) }
      bytes = bytes.subarray(end)
    }
  }
  throw new Error('PostgreSQL closed the connection.')
}

function columnsOf(body: Buffer): Column[] {
  const columns: Column[] = []
  for (let at = 2; columns.length < body.readInt16BE(0); at += 18) {
    const name = textUntilZero(body, at)
    at += Buffer.byteLength(name) + 1
    columns.push({ name, isNumber: numberTypes.has(body.readInt32BE(at + 6)) })
  }
  return columns
}

function rowOf(columns: readonly Column[], body: Buffer): Row {
  const row: Row = {}
  let at = 2
  for (const { name, isNumber } of columns) {
    const length = body.readInt32BE(at)
    at += 4
    const text = length < 0 ? null : body.toString('utf8', at, at + length)
    at += Math.max(0, length)
    row[name] = text !== null && isNumber ? Number(text) : text
  }
  return row
}

/** Its fields begin with a letter each: M is the message. */
function errorOf(body: Buffer): Error {
  const fields = body.toString().split('\0')
  return new Error(fields.find((field) => field.startsWith('M'))?.slice(1) ?? 'PostgreSQL refused it.')
}

const textUntilZero = (body: Buffer, from: number) => body.toString('utf8', from, body.indexOf(0, from))

const message = (type: string, ...parts: Buffer[]) => {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body])
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
