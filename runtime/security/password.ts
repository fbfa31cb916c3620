/** Passwords of operators: which are good enough, and how they are kept. */
import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { AisleError } from '../contract/errors.ts'

export const passwordMinLength = 12
const passwordMaxLength = 200

/** RFC 9106, section 4, the recommendation for machines with little memory: 64 MiB, 3 passes, 4 lanes. */
const cost = { memory: 65_536, passes: 3, parallelism: 4, tagLength: 32 }
const saltBytes = 16

/** What guessers try first. A password that is only these, digits and signs is as weak as a short one. */
const guessedWords = [
  ...['password', 'passwort', 'passw0rd', 'welcome', 'letmein', 'changeme', 'default', 'secret', 'login', 'master'],
  ...['administrator', 'admin', 'owner', 'operator', 'root', 'user', 'test', 'guest', 'demo', 'iloveyou', 'dragon'],
  ...[
    'openaisle',
    'aisle',
    'open',
    'store',
    'corner',
    'shop',
    'market',
    'qwertyuiop',
    'asdfghjkl',
    'zxcvbnm',
    'qwerty',
  ],
  ...['abcdefghijkl', 'abc', 'monkey', 'sunshine', 'football', 'correcthorsebatterystaple', '비밀번호', '관리자'],
]

/** @throws AisleError `password-weak`, with the reason */
export function checkNewPassword(password: string, user: string): void {
  const text = normalize(password)
  const letters = [...text]
  const weak = (reason: string) =>
    new AisleError('password-weak', reason, { action: 'Choose another: four or five words of your own are good.' })
  if (letters.length < passwordMinLength) throw weak(`The password has fewer than ${passwordMinLength} characters.`)
  if (letters.length > passwordMaxLength) throw weak(`The password has more than ${passwordMaxLength} characters.`)
  if (new Set(letters).size < 5) throw weak('The password repeats very few characters.')
  if (leftWithoutGuesses(text, user).length < 4) throw weak('The password is one of those that are guessed first.')
}

/** A PHC string: `$argon2id$v=19$m=65536,t=3,p=4$salt$hash`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes)
  const hash = await derive(password, { nonce: salt, ...cost })
  const { memory, passes, parallelism } = cost
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(hash)}`
}

/** Whether `password` is the one that {@link hashPassword} made `kept` from, perhaps at another cost. */
export async function verifyPassword(password: string, kept: string): Promise<boolean> {
  const parts = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([\w+/]+)\$([\w+/]+)$/.exec(kept)
  if (!parts) {
    throw new AisleError('password-hash-invalid', 'A kept password is not in the form that this version reads.', {
      action: 'Restore accounts.json from a copy, or remove it and set up the owner again.',
    })
  }
  const [, memory, passes, parallelism, salt = '', hash = ''] = parts
  const expected = Buffer.from(hash, 'base64')
  const found = await derive(password, {
    nonce: Buffer.from(salt, 'base64'),
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    tagLength: expected.length,
  })
  return timingSafeEqual(found, expected)
}

const deriveKey = promisify(argon2)
const derive = (password: string, parameters: Omit<Argon2Parameters, 'message'>) =>
  deriveKey('argon2id', { message: Buffer.from(normalize(password)), ...parameters })

/** Keyboards and systems compose Hangul and accents differently; the password is the same. */
const normalize = (password: string) => password.normalize('NFKC')
const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')

function leftWithoutGuesses(password: string, user: string): string {
  const name = user.normalize('NFKC').toLowerCase()
  let left = password.toLowerCase()
  for (const word of [name, ...guessedWords]) if (word) left = left.replaceAll(word, '')
  return left.replace(/[^\p{Letter}]/gu, '')
}
