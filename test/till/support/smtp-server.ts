/** A mail server on the loopback that speaks SMTP as far as a client of ours goes (RFC 5321), faults included. */
import { createServer, type Server, type Socket } from 'node:net'
import { listen } from '../../../runtime/program/listen.ts'

/** lost-answer: the mail is taken, and the connection ends before the server says so. */
export type SmtpFault = 'none' | 'hangs-up' | 'silent' | 'busy' | 'no-such-recipient' | 'lost-answer' | 'login-refused'

export interface TakenMail {
  to: string[]
  messageId: string
  source: string
}

export class SmtpServer {
  fault: SmtpFault = 'none'
  readonly taken: TakenMail[] = []
  /** How often somebody connected. */
  connections = 0
  port = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  constructor() {
    this.#server = createServer((socket) => this.#serve(socket))
  }

  async start(): Promise<this> {
    this.port = await listen(this.#server, { host: '127.0.0.1', port: 0, what: 'the mail server of the tests' })
    return this
  }

  stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  #serve(socket: Socket): void {
    this.connections++
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {})
    if (this.fault === 'hangs-up') return void socket.destroy()
    if (this.fault === 'silent') return
    const say = (line: string) => socket.write(`${line}\r\n`)
    let to: string[] = []
    let held = ''
    let inData = false
    say('220 mail.test ESMTP')
    socket.setEncoding('utf8').on('data', (text: string) => {
      held += text
      for (;;) {
        const end = held.indexOf(inData ? '\r\n.\r\n' : '\r\n')
        if (end < 0) return
        const unit = held.slice(0, end)
        held = held.slice(end + (inData ? 5 : 2))
        if (inData) {
          inData = false
          this.#take(to, unit)
          if (this.fault === 'lost-answer') return void socket.destroy()
          say('250 taken')
          continue
        }
        const verb = unit.slice(0, 4).toUpperCase()
        if (verb === 'EHLO') say(this.fault === 'login-refused' ? '250-mail.test\r\n250 AUTH PLAIN' : '250 mail.test')
        else if (verb === 'AUTH') say('535 5.7.8 wrong')
        else if (verb === 'MAIL') {
          to = []
          say(this.fault === 'busy' ? '451 later' : '250 ok')
        } else if (verb === 'RCPT') {
          const address = /<(.*)>/.exec(unit)?.[1] ?? ''
          if (this.fault === 'no-such-recipient') say(`550 5.1.1 <${address}> is unknown here`)
          else {
            to.push(address)
            say('250 ok')
          }
        } else if (verb === 'DATA') {
          inData = true
          say('354 go on')
        } else if (verb === 'QUIT') {
          say('221 bye')
          socket.end()
        } else say('250 ok')
      }
    })
  }

  #take(to: string[], source: string): void {
    const messageId = /^message-id: *(<.*>)/im.exec(source)?.[1] ?? ''
    this.taken.push({ to, messageId, source })
  }
}
