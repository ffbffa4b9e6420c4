import { WIDGETS } from './objects.ts';
import { describeRefusals } from './refusals.ts';

describeRefusals('reads', [
  {
    name: 'an object that is not there',
    line: `GET ${WIDGETS}/nope`,
    code: 404,
    reason: 'NotFound',
    message: 'widgets.example.com "nope" not found',
  },
  {
    name: 'a pod that is not there',
    line: 'GET /api/v1/namespaces/default/pods/x',
    code: 404,
    reason: 'NotFound',
    message: 'pods "x" not found',
  },
  {
    name: 'a resource version that is no number',
    line: `GET ${WIDGETS}?resourceVersion=abc`,
    code: 400,
    reason: 'BadRequest',
    message: /invalid resource version/,
  },
  {
    name: 'a resource version from the future',
    line: `GET ${WIDGETS}?resourceVersion=99999999`,
    code: 504,
    reason: 'Timeout',
    message: /Too large resource version: 99999999/,
  },
  {
    name: 'a continue token that is none',
    line: `GET ${WIDGETS}?continue=abc`,
    code: 400,
    reason: 'BadRequest',
    message: /continue key is not valid/,
  },
  {
    name: 'a field selector that the kind does not know',
    line: `GET ${WIDGETS}?fieldSelector=spec.size%3D3`,
    code: 400,
    reason: 'BadRequest',
    message: 'field label not supported: spec.size',
  },
  {
    name: 'a label selector that is none',
    line: `GET ${WIDGETS}?labelSelector=a%20b`,
    code: 400,
    reason: 'BadRequest',
    message: "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
  },
  {
    name: 'an answer it cannot give',
    line: `GET ${WIDGETS}/good`,
    accept: 'text/html',
    code: 406,
    reason: 'NotAcceptable',
    message: /application\/json/,
  },
]);
