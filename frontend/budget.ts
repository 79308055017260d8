import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/**
 * Fails the build when the first load of a lazy page grows past its budget: the entry, the page and all that both import
 * statically, scripts and styles, gzipped. Fonts are apart, and so is what is fetched when it is needed.
 */
export function budget(page: string, mostKiB: number): Plugin {
  return {
    name: 'budget',
    apply: 'build',
    writeBundle(_options, bundle) {
      const files = new Set<string>();
      const add = (file: string) => {
        const part = bundle[file];
        if (!part || files.has(file)) return;
        files.add(file);
        if (part.type !== 'chunk') return;
        part.imports.forEach(add);
        part.viteMetadata?.importedCss.forEach(add);
      };
      const chunks = Object.values(bundle).filter((part) => part.type === 'chunk');
      const ways = chunks.filter((chunk) => chunk.isEntry || chunk.facadeModuleId?.endsWith(page));
      if (ways.length !== 2) this.error(`budget: no entry, or no page ${page}, in the bundle`);
      ways.forEach((chunk) => add(chunk.fileName));

      const bytes = [...files].reduce((sum, file) => {
        const part = bundle[file];
        const source = part?.type === 'chunk' ? part.code : part?.source;
        return sum + (source === undefined ? 0 : gzipSync(source).length);
      }, 0);
      const words = `${page}: first load ${(bytes / 1024).toFixed(1)} KiB gzip of ${mostKiB}`;
      if (bytes > mostKiB * 1024) this.error(words);
      this.info(words);
    },
  };
}
