/**
 * Every error that a person may read: what went wrong, where, and what to do about it. A boundary that
 * catches one passes it on whole; anything else that is thrown is a defect of ours.
 */
export class AisleError extends Error {
  /** Stable and machine-readable, kebab-case: `port-taken`, `profile-invalid`. */
  readonly code: string
  /** A file with a path in it, a device, a route: where to look. */
  readonly where: string | undefined
  /** One sentence that tells the reader what to do. */
  readonly action: string

  constructor(code: string, message: string, options: { where?: string; action: string; cause?: unknown }) {
    super(message, { cause: options.cause })
    this.name = 'AisleError'
    this.code = code
    this.where = options.where
    this.action = options.action
  }

  /** The whole error on one line, for a console or a node's error path. */
  get sentence(): string {
    return `${this.where ? `${this.where}: ` : ''}${this.message} ${this.action}`
  }

  toJSON() {
    return { code: this.code, message: this.message, where: this.where, action: this.action }
  }
}

/** The text of whatever was thrown. */
export function errorSentence(error: unknown): string {
  if (error instanceof AisleError) return error.sentence
  return error instanceof Error ? error.message : String(error)
}

/** An error on its way between threads and processes, where an object loses its class. */
export interface ToldError {
  code?: string
  message: string
  where?: string | undefined
  action?: string
}

export const toTold = (error: unknown): ToldError =>
  error instanceof AisleError ? error.toJSON() : { message: errorSentence(error) }

export const fromTold = ({ code, message, where, action }: ToldError): Error =>
  code && action ? new AisleError(code, message, { where, action }) : new Error(message)
