import { WIDGETS, widget } from './objects.ts';
import { describeRefusals } from './refusals.ts';

const SCALE = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'good' } };

describeRefusals('updates and deletes', [
  {
    name: 'an update without a resource version',
    line: `PUT ${WIDGETS}/good`,
    body: widget('good'),
    code: 422,
    reason: 'Invalid',
    message: /metadata.resourceVersion: Invalid value: 0: must be specified for an update/,
  },
  {
    name: 'an update under another name',
    line: `PUT ${WIDGETS}/good`,
    body: widget('other'),
    code: 400,
    reason: 'BadRequest',
    message: 'the name of the object (other) does not match the name on the URL (good)',
  },
  {
    name: 'an update of an old version',
    line: `PUT ${WIDGETS}/good`,
    body: widget('good', { size: 1 }, { resourceVersion: '1' }),
    code: 409,
    reason: 'Conflict',
    message:
      'Operation cannot be fulfilled on widgets.example.com "good": the object has been modified; please apply your changes to the latest version and try again',
  },
  {
    name: 'an update of another object of the name',
    line: `PUT ${WIDGETS}/good`,
    body: widget('good', { size: 1 }, { uid: 'x', resourceVersion: '1' }),
    code: 409,
    reason: 'Conflict',
    message: /UID in precondition: x/,
  },
  {
    name: 'a negative scale',
    line: `PUT ${WIDGETS}/good/scale`,
    body: { ...SCALE, spec: { replicas: -3 } },
    code: 422,
    reason: 'Invalid',
    message:
      'Widget.example.com "good" is invalid: .spec.replicas: Invalid value: -3: should be a non-negative integer',
  },
  {
    name: 'a scale that is none',
    line: `PUT ${WIDGETS}/good/scale`,
    body: widget('good'),
    code: 400,
    reason: 'BadRequest',
    message: /must be of type Scale/,
  },
  {
    name: 'a method that the resource has not',
    line: `POST ${WIDGETS}/good`,
    body: {},
    code: 405,
    reason: 'MethodNotAllowed',
    message: /does not allow this method/,
  },
  {
    name: 'a precondition that does not hold',
    line: `DELETE ${WIDGETS}/good`,
    body: { preconditions: { uid: 'x' } },
    code: 409,
    reason: 'Conflict',
    message: /the UID in the precondition \(x\) does not match the UID in record/,
  },
  {
    name: 'a version precondition that does not hold',
    line: `DELETE ${WIDGETS}/good`,
    body: { preconditions: { resourceVersion: '1' } },
    code: 409,
    reason: 'Conflict',
    message: /the ResourceVersion in the precondition \(1\) does not match/,
  },
  {
    name: 'an unknown propagation policy',
    line: `DELETE ${WIDGETS}/good`,
    body: { propagationPolicy: 'Bogus' },
    code: 422,
    reason: 'Invalid',
    message: /propagationPolicy: Unsupported value: "Bogus"/,
  },
]);
