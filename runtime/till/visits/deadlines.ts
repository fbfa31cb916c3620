/** How long a visit may stay in a state before the till moves it on by itself. */
export interface VisitDeadlines {
  /** From the admission on; longer than any gate stays open, whose own time-out comes first. */
  admissionMs: number
  /** From the first pass on: a visit that is still open then goes to review. */
  stayMs: number
  /** From the moment on when the store is empty: visits that are still open then have been left. */
  emptyMs: number
  /** From the exit on: a visit without a decision then goes to review. */
  decisionMs: number
  /** A line that nobody has reviewed by then is let go: no surprise charge later. */
  reviewMs: number
}

const hourMs = 3_600_000

export const defaultDeadlines: VisitDeadlines = {
  admissionMs: 120_000,
  stayMs: 4 * hourMs,
  emptyMs: 60_000,
  decisionMs: 120_000,
  reviewMs: 72 * hourMs,
}
