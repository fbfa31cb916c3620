/** The database's versions. A migration that has been released is never changed; a new one is added. */
import { type Kysely, type SqlBool, sql } from 'kysely'
import type { Migration, MigrationProvider } from 'kysely/migration'
import { isSqlite, refuseChangesOfJournal } from './dialect.ts'
import type { LedgerTables } from './tables.ts'

const migrations: Record<string, Migration> = {
  '0001-ledger': { up: createLedger },
  '0002-occupancy': { up: createOccupancy },
  '0003-recovery': { up: createRecovery },
  '0004-bills': { up: createBills },
  '0005-orders': { up: createOrders },
  '0006-signed-heads': { up: createSignedHeads },
  '0007-subjects': { up: createSubjects },
  '0008-devices': { up: createDevices },
  '0009-mails': { up: createMails },
  '0010-open-disputes': { up: createOpenDisputes },
  '0011-tailgating': { up: createTailgating },
  '0012-journal-order': { up: orderJournal },
  '0013-prepayments': { up: createPrepayments },
}

export const ledgerMigrations: MigrationProvider = { getMigrations: async () => migrations }

async function createLedger(db: Kysely<LedgerTables>): Promise<void> {
  const table = (name: keyof LedgerTables) => db.schema.createTable(name)

  await table('ledger')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute()

  await table('journal')
    .addColumn('sequence', 'bigint', (column) => column.primaryKey())
    .addColumn('at_ms', 'double precision', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('visit_id', 'text')
    .addColumn('data', 'text', (column) => column.notNull())
    .addColumn('previous_hash', 'text', (column) => column.notNull().unique())
    .addColumn('hash', 'text', (column) => column.notNull())
    .execute()
  await refuseChangesOfJournal(db)

  await table('commands')
    .addColumn('command_id', 'text', (column) => column.primaryKey())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('body_hash', 'text', (column) => column.notNull())
    .addColumn('sequence', 'bigint', (column) => column.notNull())
    .addColumn('visit_id', 'text')
    .execute()

  await table('accounts')
    .addColumn('account_id', 'text', (column) => column.primaryKey())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('credential_hash', 'text', (column) => column.notNull().unique())
    .addColumn('party', 'integer', (column) => column.notNull())
    .addColumn('customer_key', 'text')
    .addColumn('billing_key', 'text')
    .addColumn('blocked', 'integer', (column) => column.notNull().defaultTo(0))
    .execute()

  await table('scans')
    .addColumn('scan_id', 'text', (column) => column.primaryKey())
    .addColumn('number', 'bigint', (column) => column.notNull().unique())
    .addColumn('gate', 'text', (column) => column.notNull())
    .addColumn('account_id', 'text')
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('answer', 'text')
    .addColumn('at_ms', 'double precision', (column) => column.notNull())
    .execute()

  await table('visits')
    .addColumn('visit_id', 'text', (column) => column.primaryKey())
    .addColumn('scan_id', 'text', (column) => column.notNull().unique())
    .addColumn('account_id', 'text')
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('party', 'integer', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('gate', 'text', (column) => column.notNull())
    .addColumn('opened_at_ms', 'double precision', (column) => column.notNull())
    .addColumn('entered_at_ms', 'double precision')
    .addColumn('exited_at_ms', 'double precision')
    .addColumn('passes', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('person_ids', 'text', (column) => column.notNull())
    .addColumn('decision', 'text')
    .addColumn('decided_by', 'text')
    .addColumn('due_at_ms', 'double precision')
    .addColumn('payment', 'text')
    .addColumn('receipt', 'text')
    .addColumn('sequence', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema.createIndex('visits_due').on('visits').column('due_at_ms').execute()
  await db.schema.createIndex('visits_account').on('visits').columns(['account_id', 'state']).execute()
  await db.schema.createIndex('visits_opened').on('visits').column('opened_at_ms').execute()

  await table('baskets')
    .addColumn('visit_id', 'text', (column) => column.primaryKey().references('visits.visit_id'))
    .addColumn('revision', 'bigint', (column) => column.notNull())
    .addColumn('final', 'integer', (column) => column.notNull())
    .addColumn('sequence', 'bigint', (column) => column.notNull().references('journal.sequence'))
    .execute()

  await table('reviews')
    .addColumn('visit_id', 'text', (column) => column.notNull().references('visits.visit_id'))
    .addColumn('line_id', 'text', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('decided_by', 'text', (column) => column.notNull())
    .addColumn('at_ms', 'double precision', (column) => column.notNull())
    .addPrimaryKeyConstraint('reviews_key', ['visit_id', 'line_id'])
    .execute()

  // One row a visit: the database itself refuses a second charge.
  await table('payments')
    .addColumn('visit_id', 'text', (column) => column.primaryKey().references('visits.visit_id'))
    .addColumn('idempotency_key', 'text', (column) => column.notNull().unique())
    .addColumn('order_id', 'text', (column) => column.notNull().unique())
    .addColumn('amount_minor', 'bigint', (column) => column.notNull().check(sql<SqlBool>`amount_minor > 0`))
    .addColumn('currency', 'text', (column) => column.notNull())
    .addColumn('order_name', 'text', (column) => column.notNull())
    .addColumn('customer_key', 'text')
    .addColumn('billing_key', 'text')
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('first_sent_at_ms', 'double precision')
    .addColumn('next_attempt_at_ms', 'double precision', (column) => column.notNull())
    .addColumn('payment_key', 'text')
    .addColumn('reason', 'text')
    .execute()
  await db.schema.createIndex('payments_due').on('payments').columns(['state', 'next_attempt_at_ms']).execute()

  await table('receipts')
    .addColumn('receipt_id', 'text', (column) => column.primaryKey())
    .addColumn('visit_id', 'text', (column) => column.notNull().unique().references('visits.visit_id'))
    .addColumn('sequence', 'bigint', (column) => column.notNull().references('journal.sequence'))
    .addColumn('total_minor', 'bigint', (column) => column.notNull())
    .execute()

  await table('stock')
    .addColumn('plate', 'text', (column) => column.notNull())
    .addColumn('sku', 'text', (column) => column.notNull())
    .addColumn('quantity', 'double precision', (column) => column.notNull())
    .addPrimaryKeyConstraint('stock_key', ['plate', 'sku'])
    .execute()

  await table('gates')
    .addColumn('gate', 'text', (column) => column.primaryKey())
    .addColumn('fire', 'integer', (column) => column.notNull())
    .execute()
}

async function createOccupancy(db: Kysely<LedgerTables>): Promise<void> {
  await db.schema.alterTable('gates').addColumn('counted_in', 'bigint').execute()
  await db.schema.alterTable('gates').addColumn('counted_out', 'bigint').execute()
  await db.schema
    .createTable('occupancy')
    .addColumn('store_id', 'text', (column) => column.primaryKey())
    .addColumn('inside', 'integer', (column) => column.notNull().check(sql<SqlBool>`inside >= 0`))
    .addColumn('emptied_at_ms', 'double precision')
    .addColumn('due_at_ms', 'double precision')
    .execute()
  await db.schema.createIndex('visits_state').on('visits').column('state').execute()
}

/** Where a visit began is asked for with every state. */
async function createRecovery(db: Kysely<LedgerTables>): Promise<void> {
  await db.schema.createIndex('journal_visit').on('journal').columns(['visit_id', 'sequence']).execute()
}

/** A charge knows its bill, so that the receipt says what was charged even when the catalogue has changed since. */
async function createBills(db: Kysely<LedgerTables>): Promise<void> {
  await db.schema.alterTable('payments').addColumn('bill', 'text').execute()
}

/** Charges become one kind of order to the provider. SQLite cannot change a primary key, so the table is made anew. */
async function createOrders(db: Kysely<LedgerTables>): Promise<void> {
  await db.schema.dropIndex('payments_due').execute()
  await db.schema.alterTable('payments').renameTo('charges_before').execute()
  await db.schema
    .createTable('payments')
    .addColumn('idempotency_key', 'text', (column) => column.primaryKey())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('visit_id', 'text', (column) => column.notNull().references('visits.visit_id'))
    .addColumn('line_id', 'text')
    .addColumn('order_id', 'text', (column) => column.notNull().unique())
    .addColumn('amount_minor', 'bigint', (column) => column.notNull().check(sql<SqlBool>`amount_minor > 0`))
    .addColumn('tax_free_minor', 'bigint', (column) => column.notNull())
    .addColumn('currency', 'text', (column) => column.notNull())
    .addColumn('order_name', 'text', (column) => column.notNull())
    .addColumn('customer_key', 'text')
    .addColumn('billing_key', 'text')
    .addColumn('about', 'text')
    .addColumn('bill', 'text')
    .addColumn('ordered_by', 'text')
    .addColumn('begun_at_ms', 'double precision', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('first_sent_at_ms', 'double precision')
    .addColumn('next_attempt_at_ms', 'double precision')
    .addColumn('payment_key', 'text')
    .addColumn('reason', 'text')
    .execute()
  await sql`INSERT INTO payments
    SELECT idempotency_key, 'charge', visit_id, NULL, order_id, amount_minor, 0, currency, order_name, customer_key,
      billing_key, NULL, bill, NULL, COALESCE(first_sent_at_ms, next_attempt_at_ms),
      CASE state WHEN 'paid' THEN 'done' ELSE state END, attempts, first_sent_at_ms, next_attempt_at_ms, payment_key,
      reason
    FROM charges_before`.execute(db)
  await db.schema.dropTable('charges_before').execute()
  await db.schema.createIndex('payments_due').on('payments').columns(['state', 'next_attempt_at_ms']).execute()
  await db.schema.createIndex('payments_visit').on('payments').columns(['visit_id', 'kind']).execute()
  // The database itself refuses a second charge of a visit, a second collection while one may succeed, and a second
  // refund of a line.
  const once = (kind: string, ...columns: string[]) =>
    sql`CREATE UNIQUE INDEX ${sql.id(`payments_one_${kind}`)} ON payments
      (${sql.join(columns.map((column) => sql.id(column)))}) WHERE kind = ${sql.lit(kind)} ${
        kind === 'collection' ? sql`AND state <> 'declined'` : sql``
      }`.execute(db)
  await once('hold', 'visit_id')
  await once('charge', 'visit_id')
  await once('release', 'visit_id')
  await once('refund', 'visit_id', 'line_id')
  await once('collection', 'visit_id')
  for (const column of ['refunds', 'disputes', 'debt_settled'] as const) {
    await db.schema.alterTable('visits').addColumn(column, 'text').execute()
  }
}

async function createSignedHeads(db: Kysely<LedgerTables>): Promise<void> {
  await db.schema
    .createTable('signed_heads')
    .addColumn('sequence', 'bigint', (column) => column.primaryKey())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('at_ms', 'double precision', (column) => column.notNull())
    .addColumn('store_id', 'text', (column) => column.notNull())
    .addColumn('signature', 'text', (column) => column.notNull())
    .execute()
}

/** Accounts of an earlier release get their key when they are next spoken of. */
async function createSubjects(db: Kysely<LedgerTables>): Promise<void> {
  await db.schema
    .createTable('subjects')
    .addColumn('subject_id', 'text', (column) => column.primaryKey())
    .addColumn('account_id', 'text', (column) => column.notNull().unique())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('since_ms', 'double precision', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('consents')
    .addColumn('subject_id', 'text', (column) => column.notNull())
    .addColumn('version', 'text', (column) => column.notNull())
    .addColumn('at_ms', 'double precision', (column) => column.notNull())
    .addPrimaryKeyConstraint('consents_key', ['subject_id', 'version'])
    .execute()
  await db.schema.createIndex('scans_account').on('scans').columns(['account_id', 'at_ms']).execute()
  await db.schema.createIndex('commands_sequence').on('commands').column('sequence').execute()
}

/** Whoever enters by a device has no credential. SQLite cannot let a column be empty, so the table is made anew. */
async function createDevices(db: Kysely<LedgerTables>): Promise<void> {
  await db.schema.alterTable('accounts').renameTo('accounts_before').execute()
  await db.schema
    .createTable('accounts')
    .addColumn('account_id', 'text', (column) => column.primaryKey())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('credential_hash', 'text', (column) => column.unique())
    .addColumn('party', 'integer', (column) => column.notNull())
    .addColumn('customer_key', 'text')
    .addColumn('billing_key', 'text')
    .addColumn('blocked', 'integer', (column) => column.notNull().defaultTo(0))
    .execute()
  await sql`INSERT INTO accounts
    SELECT account_id, role, credential_hash, party, customer_key, billing_key, blocked FROM accounts_before`.execute(
    db,
  )
  await db.schema.dropTable('accounts_before').execute()
  await db.schema
    .createTable('devices')
    .addColumn('device_id', 'text', (column) => column.primaryKey())
    .addColumn('account_id', 'text', (column) => column.notNull().unique())
    .addColumn('public_key', 'text', (column) => column.notNull())
    .addColumn('used_up_to_ms', 'double precision')
    .execute()
}

async function createMails(db: Kysely<LedgerTables>): Promise<void> {
  await db.schema
    .createTable('email_addresses')
    .addColumn('subject_id', 'text', (column) => column.primaryKey())
    .addColumn('address', 'text', (column) => column.notNull())
    .addColumn('language', 'text', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('mails')
    .addColumn('sequence', 'bigint', (column) => column.primaryKey().references('journal.sequence'))
    .addColumn('visit_id', 'text', (column) => column.notNull().references('visits.visit_id'))
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('begun_at_ms', 'double precision', (column) => column.notNull())
    .addColumn('next_attempt_at_ms', 'double precision', (column) => column.notNull())
    .addColumn('reason', 'text')
    .execute()
  await db.schema.createIndex('mails_due').on('mails').columns(['state', 'next_attempt_at_ms']).execute()
}

/** What waits for a person is found without a look at every visit there ever was. */
async function createOpenDisputes(db: Kysely<LedgerTables>): Promise<void> {
  await db.schema
    .alterTable('visits')
    .addColumn('open_disputes', 'integer', (column) => column.notNull().defaultTo(0))
    .execute()
  // Of several the next decision counts anew.
  await sql`UPDATE visits SET open_disputes = 1 WHERE disputes LIKE '%"state":"open"%'`.execute(db)
  await db.schema.createIndex('visits_open_disputes').on('visits').column('open_disputes').execute()
}

async function createTailgating(db: Kysely<LedgerTables>): Promise<void> {
  await db.schema
    .alterTable('gates')
    .addColumn('asks_staff', 'integer', (column) => column.notNull().defaultTo(0))
    .execute()
}

/**
 * That no two entries follow the same one is what their positions say, and what the chain proves. An index of hashes
 * said it once more, and cost more than all else of an entry: each hash lies somewhere else in it.
 */
async function orderJournal(db: Kysely<LedgerTables>): Promise<void> {
  if (!isSqlite(db)) {
    await db.schema.alterTable('journal').dropConstraint('journal_previous_hash_key').execute()
    return
  }
  await db.schema
    .createTable('journal_anew')
    // SQLite's own row number, where `bigint` would be an index beside it.
    .addColumn('sequence', 'integer', (column) => column.primaryKey())
    .addColumn('at_ms', 'double precision', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('visit_id', 'text')
    .addColumn('data', 'text', (column) => column.notNull())
    .addColumn('previous_hash', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .execute()
  await sql`INSERT INTO journal_anew
    SELECT sequence, at_ms, type, visit_id, data, previous_hash, hash FROM journal ORDER BY sequence`.execute(db)
  await db.schema.dropTable('journal').execute()
  await db.schema.alterTable('journal_anew').renameTo('journal').execute()
  // Most entries are evidence, and of no visit.
  await db.schema
    .createIndex('journal_visit')
    .on('journal')
    .columns(['visit_id', 'sequence'])
    .where('visit_id', 'is not', null)
    .execute()
  await refuseChangesOfJournal(db)
}

async function createPrepayments(db: Kysely<LedgerTables>): Promise<void> {
  await db.schema.alterTable('visits').addColumn('prepaid', 'text').execute()
  // The database itself refuses a second one while the first may have been carried out.
  await sql`CREATE UNIQUE INDEX payments_one_prepayment ON payments (visit_id)
    WHERE kind = 'prepayment' AND state <> 'declined'`.execute(db)
}
