import { PLANTED, plant } from './plant.ts';

// Loaded before everything else of a worker's process: `node --import`.
const name = process.env[PLANTED];

if (name !== undefined) plant(name);
