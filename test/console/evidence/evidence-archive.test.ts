/** What is known of kept pictures without looking at them. */
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EvidenceArchive, type KeptEvidence } from '../../../runtime/console/evidence/evidence-archive.ts'

describe('the archive of pictures for reviews', () => {
  const facts = { visitId: 'v-1', keptAtMs: 1_800_000_000_000, decidedAtMs: null, hadAccount: true }
  const evidence: KeptEvidence = {
    ...facts,
    pictures: [{ eventId: 'e-1', camera: 'cam-1', takenAtMs: 1_800_000_000_000, jpeg: 'AAAA' }],
  }
  let folder: string
  let archive: EvidenceArchive

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'aisle-archive-'))
    archive = new EvidenceArchive(folder)
    archive.put(evidence)
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const file = () => join(folder, 'evidence', readdirSync(join(folder, 'evidence'))[0] ?? '')

  it('tells of all without their pictures, also of what another wrote meanwhile', () => {
    assert.deepEqual(archive.all(), [facts])
    const other = new EvidenceArchive(folder)
    other.setDecided('v-1', 1_800_000_000_500)
    other.put({ ...evidence, visitId: 'v-2' })
    const now = archive.all().sort((a, b) => a.visitId.localeCompare(b.visitId))
    assert.deepEqual(now, [
      { ...facts, decidedAtMs: 1_800_000_000_500 },
      { ...facts, visitId: 'v-2' },
    ])
    assert.deepEqual(archive.get('v-1')?.pictures, evidence.pictures)
    other.delete('v-2')
    assert.equal(archive.all().length, 1)
  })

  it('reads no file again that is as it was', () => {
    const [before] = archive.all()
    const [after] = archive.all()
    assert.ok(before)
    assert.equal(after, before, 'not equal facts of another reading, but the same')
  })

  it('deletes what was opened to others since', () => {
    assert.equal(archive.all().length, 1)
    chmodSync(file(), 0o644)
    assert.deepEqual(archive.all(), [])
    assert.equal(archive.get('v-1'), undefined)
  })
})
