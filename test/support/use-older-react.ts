/**
 * Makes `require('react')` inside packages find the React under test, which is installed under an
 * alias such as `react-18`. The imports of our own files are aliased by the Vitest project.
 */
import Module from 'node:module';

const { REACT_VERSION, REACT = '', REACT_DOM = '' } = process.env;

interface CommonJsLoader {
  _resolveFilename(request: string, ...rest: unknown[]): string;
}

// Node gives this function no type; it is what every require hook of the ecosystem replaces.
const loader = Module as unknown as CommonJsLoader;
const resolveFilename = loader._resolveFilename;
loader._resolveFilename = (request, ...rest) => {
  const aliased = request.replace(/^react(?=$|\/)/, REACT).replace(/^react-dom(?=$|\/)/, REACT_DOM);
  return resolveFilename.call(Module, aliased, ...rest);
};

// Not before now: an import statement would run before the lines above.
const { version } = await import('react');
const { version: domVersion } = await import('react-dom');
if (!version.startsWith(`${REACT_VERSION}.`) || version !== domVersion) {
  throw new Error(`This project is for React ${REACT_VERSION}, and ran with ${version}.`);
}
