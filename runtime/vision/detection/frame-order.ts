/**
 * Results of each camera in the order of its frames, though two workers may look at two of them at the same time: a
 * tracker moves on with time and cannot go back.
 */

export interface Ticket {
  readonly camera: string
  /** What to do when it is this frame's turn; undefined while it is being worked on. */
  settle: (() => void) | undefined
}

export class FrameOrder {
  readonly #tickets = new Map<string, Ticket[]>()

  begin(camera: string): Ticket {
    const ticket: Ticket = { camera, settle: undefined }
    const tickets = this.#tickets.get(camera)
    if (tickets) tickets.push(ticket)
    else this.#tickets.set(camera, [ticket])
    return ticket
  }

  /** Calls `settle` when the camera's earlier frames are settled: often now, and of later ones with it. */
  end(ticket: Ticket, settle: () => void): void {
    ticket.settle = settle
    const tickets = this.#tickets.get(ticket.camera) ?? []
    for (let first = tickets[0]; first?.settle; first = tickets[0]) {
      tickets.shift()
      first.settle()
    }
    if (tickets.length === 0) this.#tickets.delete(ticket.camera)
  }
}
