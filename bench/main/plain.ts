import { readFileSync } from 'node:fs';
import { App } from 'cdk8s';
import { measured } from './measured';
import { plain } from '../plain';

/** A main.js of a user of cdk8s alone, with finished objects in a file: `node plain.js FILE FOLDER`. */
const [, , file, outdir] = process.argv;

measured(() => plain(JSON.parse(readFileSync(file, 'utf8')), new App({ outdir })));
