/** The floor plan's looks. A page changes them by setting the variables on `aisle-floor-plan` or above it. */
import { styleSheetOf } from './style-sheet.ts'

const css = `
:host {
  --plan-floor: var(--aisle-floor, light-dark(#ffffff, #1b2327));
  --plan-line: var(--aisle-line, light-dark(#d5dcdf, #354148));
  --plan-wall: var(--aisle-wall, light-dark(#475559, #93a3a9));
  --plan-text: var(--aisle-muted, light-dark(#5b696e, #93a3a9));
  --plan-fixture: var(--aisle-fixture, light-dark(#e8edee, #2a353b));
  --plan-online: var(--aisle-good, light-dark(#9fd6c4, #2f7263));
  --plan-late: var(--aisle-late, light-dark(#f4cf6d, #94701c));
  --plan-offline: var(--aisle-offline, light-dark(#ee8f85, #a3433a));
  --plan-stuck: var(--aisle-stuck, light-dark(#bda9ea, #6a55a3));
  --plan-drifting: var(--aisle-drifting, light-dark(#eeb07c, #96582a));
  --plan-noisy: var(--aisle-noisy, light-dark(#94c3ef, #2f649c));
  --plan-saturated: var(--aisle-saturated, light-dark(#e99bca, #97427a));
  --plan-sign-flipped: var(--aisle-sign-flipped, light-dark(#cdd770, #6d7526));
  --plan-bad: var(--aisle-bad, light-dark(#b3382c, #f0948a));
  --plan-sign: var(--aisle-text, light-dark(#182226, #e6eced));
  --plan-accent: var(--aisle-accent, light-dark(#0f766e, #5cc9b5));
  display: block;
  container-type: inline-size;
  color: var(--plan-text);
}
.drawing { position: relative; }
.ground { display: block; width: 100%; height: auto; max-height: var(--aisle-plan-height, 70vh); touch-action: pan-x pan-y; }
.ground.near { cursor: grab; touch-action: none; }
.ground:focus { outline: none; }
.ground:focus-visible { outline: 2px solid var(--plan-accent); outline-offset: 2px; border-radius: 6px; }
.above { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none; will-change: transform; }
.zoom { display: flex; gap: 4px; }
.zoom button { display: grid; place-items: center; width: 30px; height: 30px; padding: 0; border: 1px solid var(--plan-line); border-radius: 8px; background: var(--plan-floor); color: inherit; font: inherit; font-size: 1rem; line-height: 1; cursor: pointer; }
.zoom button:hover { border-color: var(--plan-accent); }
.zoom button:focus-visible { outline: 2px solid var(--plan-accent); outline-offset: 2px; }
.floor { fill: var(--plan-floor); }
.wall { fill: none; stroke: var(--plan-wall); stroke-width: 6; stroke-linecap: round; stroke-linejoin: round; }
.zone polygon { fill: var(--plan-accent); fill-opacity: 0.05; stroke: var(--plan-accent); stroke-opacity: 0.25; stroke-dasharray: 3 6; }
.zone.busy polygon { fill-opacity: 0.14; stroke-opacity: 0.6; }
.label { fill: var(--plan-text); font-size: 15px; letter-spacing: 0.02em; pointer-events: none; }
.camera .view { fill: var(--plan-accent); fill-opacity: 0.06; }
.camera .body { fill: var(--plan-text); }
.camera.small .body { transform: scale(0.7); opacity: 0.7; }
.fixture { fill: var(--plan-fixture); stroke: var(--plan-line); stroke-width: 1.5; stroke-linejoin: round; }
.plate polygon { fill: var(--plan-line); stroke: none; transition: fill 0.4s; }
.plate .glyph { fill: none; stroke: var(--plan-sign); stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
.plate .reading { display: none; fill: var(--plan-sign); font-variant-numeric: tabular-nums; pointer-events: none; }
.close .plate .reading { display: inline; }
.close .plate .glyph { opacity: 0.35; }
.plate.online polygon { fill: var(--plan-online); }
.plate.late polygon { fill: var(--plan-late); }
.plate.offline polygon { fill: var(--plan-offline); }
.plate.stuck polygon { fill: var(--plan-stuck); }
.plate.drifting polygon { fill: var(--plan-drifting); }
.plate.noisy polygon { fill: var(--plan-noisy); }
.plate.saturated polygon { fill: var(--plan-saturated); }
.plate.sign-flipped polygon { fill: var(--plan-sign-flipped); }
.choosable [data-thing] { cursor: pointer; }
.choosable .plate:hover polygon, .plate.chosen polygon { stroke: var(--plan-accent); stroke-width: 3px; vector-effect: non-scaling-stroke; }
.choosable .camera:hover .body, .camera.chosen .body { fill: var(--plan-accent); stroke: var(--plan-accent); stroke-width: 4; }
.choosable .gate:hover .gate-zone, .gate.chosen .gate-zone { stroke: var(--plan-accent); stroke-width: 3; }
.plate.broken polygon { stroke: var(--plan-bad); stroke-width: 1.5px; stroke-dasharray: 4 2; vector-effect: non-scaling-stroke; }
.camera.broken .body { fill: var(--plan-bad); }
.gate.broken .gate-zone { stroke: var(--plan-bad); stroke-width: 2px; stroke-dasharray: 4 2; vector-effect: non-scaling-stroke; }
.gate-zone { fill: var(--plan-text); fill-opacity: 0.06; stroke: none; }
.gate .post { fill: var(--plan-wall); }
.gate .swing { transition: transform 0.5s ease-out; }
.gate .leaf { stroke: var(--plan-wall); stroke-width: 5; stroke-linecap: round; }
.gate.open .swing { transform: rotate(-65deg); }
.gate.open .leaf { stroke: var(--plan-accent); }
.gate.open .gate-zone { fill: var(--plan-accent); fill-opacity: 0.16; }
.gate.alert .gate-zone { fill: var(--plan-bad); fill-opacity: 0.35; }
.gate.alert .leaf { stroke: var(--plan-bad); }
.gate.offline .leaf { stroke: var(--plan-bad); stroke-dasharray: 2 9; }
.person { --shopper: var(--aisle-shopper-unknown); transition: opacity 0.3s; }
.person.gone { opacity: 0; }
.person .halo { fill: var(--shopper); opacity: 0.18; }
.person .head { fill: var(--shopper); stroke: var(--plan-floor); stroke-width: 2; }
.person.unbound .head { stroke-dasharray: 3 3; }
.person .arm { stroke: var(--shopper); stroke-width: 4; stroke-linecap: round; opacity: 0.55; }
.person .hand { fill: var(--shopper); stroke: var(--plan-floor); stroke-width: 1.5; }
.person-label { fill: #fff; font-size: 13px; font-weight: 650; }
.change .ripple { r: calc(26px / var(--plan-closer, 1)); fill: none; stroke: var(--plan-accent); stroke-width: 2px; vector-effect: non-scaling-stroke; animation: ripple 1.2s ease-out 2 both; }
.change .delta { fill: var(--plan-accent); font-size: calc(16px / var(--plan-closer, 1)); font-weight: 650; paint-order: stroke; stroke: var(--plan-floor); stroke-width: calc(5px / var(--plan-closer, 1)); stroke-linejoin: round; animation: rise 2.4s ease-out both; }
.change.returned .delta { fill: var(--plan-text); }
@container (max-width: 480px) { .label { font-size: 24px; } .person-label { font-size: 16px; } .change .delta { font-size: calc(26px / var(--plan-closer, 1)); } .person .head { r: 19px; } }
@keyframes ripple { from { transform: scale(0.3); opacity: 1; } to { transform: scale(1.3); opacity: 0; } }
@keyframes rise { from { transform: translateY(0.5em); opacity: 0; } 15%, 70% { opacity: 1; } to { transform: translateY(-0.75em); opacity: 0; } }
@media (prefers-reduced-motion: reduce) { .change .ripple, .change .delta { animation: none; } .gate .swing { transition: none; } }
.below { display: grid; grid-template-columns: 1fr auto; gap: 8px 20px; margin-top: 10px; font-size: 0.85rem; }
.below > details { grid-column: 1 / -1; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 0; padding: 0; list-style: none; }
.legend li { display: flex; align-items: center; gap: 6px; }
.legend svg { width: 15px; height: 15px; border-radius: 3px; }
.legend b { color: var(--plan-sign); font-variant-numeric: tabular-nums; }
.legend .none svg { opacity: 0.55; }
summary { cursor: pointer; width: fit-content; }
summary:focus-visible { outline: 2px solid var(--plan-accent); outline-offset: 3px; border-radius: 4px; }
.tables { display: grid; gap: 10px; margin-top: 10px; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: start; font-weight: 650; padding-bottom: 4px; }
th, td { text-align: start; padding: 4px 10px 4px 0; border-top: 1px solid var(--plan-line); font-weight: 400; vertical-align: top; }
thead { position: absolute; clip-path: inset(50%); }
`

export const floorPlanStyle = styleSheetOf(css)
