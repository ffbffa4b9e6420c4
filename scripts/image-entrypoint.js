#!/usr/local/bin/node
// The program `headstart` of the container images, which have no /usr/bin/env and no shell.
void import('/app/headstart.mjs');
