#!/usr/bin/env node
import { reportFailure } from '../exit.ts';
import { runProgram } from '../run-program.ts';
import { pluginProgram } from './program.ts';

/** `kubectl headstart <command>`. */
await runProgram(pluginProgram(), reportFailure);
