import type { Server as HttpServer } from 'node:http'
import type { Server } from 'node:net'
import { AisleError } from '../contract/errors.ts'

/**
 * Listens, and resolves with the port (useful with port 0).
 * @param what who wants it, for the error: "the till", "the gateway of the twin"
 * @throws AisleError `port-taken`, naming the port
 */
export function listen(server: Server, options: { host: string; port: number; what: string }): Promise<number> {
  const { host, port, what } = options
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EADDRINUSE' && cause.code !== 'EACCES') return reject(cause)
      const why = cause.code === 'EADDRINUSE' ? 'is taken by another program' : 'may not be used by this user'
      reject(
        new AisleError('port-taken', `Port ${port} ${why}; ${what} needs it.`, {
          where: `${host}:${port}`,
          action: 'End the other program, or choose another port (npm start -- --help shows the options).',
          cause,
        }),
      )
    })
    server.listen(port, host, () => {
      server.removeAllListeners('error')
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })
}

/** Resolves when nobody is served any more; open connections are cut off. */
export function endServer(server: HttpServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
