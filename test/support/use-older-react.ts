import Module from 'node:module';

/**
 * Makes `require('react')` inside packages find the React under test, which is installed under an
 * alias such as `react-18`. The imports of our own files are aliased by the Vitest project.
 */
const suffix = process.env['REACT_SUFFIX'] ?? '';
const expected = process.env['REACT_VERSION'] ?? '';

interface CommonJsLoader {
  _resolveFilename(request: string, ...rest: unknown[]): string;
}

// Node gives this function no type; it is what every require hook of the ecosystem replaces.
const loader = Module as unknown as CommonJsLoader;
const resolveFilename = loader._resolveFilename;
loader._resolveFilename = (request, ...rest) => {
  const aliased = request.replace(/^(react|react-dom)(?=$|\/)/, `$1${suffix}`);
  return resolveFilename.call(Module, aliased, ...rest);
};

// Not before now: an import statement would run before the lines above.
const { version } = await import('react');
const { version: domVersion } = await import('react-dom');
if (!version.startsWith(`${expected}.`) || version !== domVersion) {
  throw new Error(`This project is for React ${expected}, and ran with ${version}.`);
}
