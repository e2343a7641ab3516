import { GOLDEN_FILES } from '../../src/capabilities/pipelines/golden.testing.ts'
import { DVC2_VERSION } from '../interop/tools.ts'

/** A user edits a file, makes one a program or removes one; or a command is run, by the newest DVC and from the project's root unless said. */
export type Step =
  | { readonly write: string; readonly text: string; readonly mode?: number }
  | { readonly remove: string }
  | { readonly run: readonly string[]; readonly by?: typeof DVC2_VERSION; readonly from?: string }

export interface Scenario {
  /** Names the file of the fixture. */
  readonly name: string
  /** The project is this folder of the Git repository, and not its top. */
  readonly folder?: string
  readonly steps: readonly Step[]
}

const write = (path: string, text: string, mode?: number): Step =>
  mode === undefined ? { write: path, text } : { write: path, text, mode }
const run = (...words: readonly string[]): Step => ({ run: words })
const from = (folder: string, ...words: readonly string[]): Step => ({ run: words, from: folder })
const byOld = (...words: readonly string[]): Step => ({ run: words, by: DVC2_VERSION })
const ODD = ['2020', 'é 😀.csv', 'odd # name: 1.csv', "it's [1]!.csv", 'empty.csv']

/** What is done to a repository, by DVC when the fixtures are made and by Ratchet when they are held against it. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'files-and-folders',
    steps: [
      run('init'),
      write('.dvcignore', '*.tmp\n/data/skip/\n!keep.tmp\n'),
      write('.gitignore', '# mine\n/build'),
      ...['a.csv', 'sub/bé😀.csv', '\uffee', 'b.tmp', 'keep.tmp', 'skip/c'].map((name) =>
        write(`data/${name}`, `${name}\n`),
      ),
      ...ODD.map((name) => write(name, name === 'empty.csv' ? '' : `${name}\n`)),
      write('run.sh', '#!/bin/sh\n', 0o755),
      run('add', 'data'),
      run('add', ...ODD, 'run.sh'),
      write('data/a.csv', 'changed\n'),
      { remove: 'data/\uffee' },
      run('add', 'data'),
      write('data/new/n.csv', 'new\n'),
      run('add', 'data/new/n.csv'),
      run('add', 'nothing.csv'),
      { remove: 'data/a.csv' },
      { remove: '2020' },
      run('checkout'),
      write('data/a.csv', 'again\n'),
      run('commit', '-f'),
      run('add', '--no-commit', 'data'),
    ],
  },
  {
    name: 'in-a-subfolder',
    folder: 'team/model',
    steps: [
      run('init', '--subdir'),
      ...['a.csv', 'data/b.csv', 'sub/c.csv'].map((name) => write(name, `${name}\n`)),
      run('add', 'a.csv', 'data', 'sub/c.csv'),
      run('move', 'a.csv', 'sub/a.csv'),
      write(
        'sub/dvc.yaml',
        'stages:\n  copy:\n    cmd: cp c.csv d.csv\n    deps: [c.csv]\n    outs: [d.csv]\n',
      ),
      run('repro', 'sub/dvc.yaml'),
      run('stage', 'add', '-n', 'again', '-d', 'sub/d.csv', '-o', 'e.csv', 'cp sub/d.csv e.csv'),
      run('repro'),
      { remove: 'e.csv' },
      run('checkout'),
      run('remove', 'data.dvc'),
    ],
  },
  {
    name: 'a-project-within',
    steps: [
      run('init'),
      ...['data/x', 'data/own/y', 'inner/b.csv'].map((name) => write(name, `${name}\n`)),
      ...['data/own', 'inner'].map((folder) => write(`${folder}/.dvc/config`, '')),
      run('add', 'data'),
      ...['dvc.yaml', 'inner/dvc.yaml'].map((name) =>
        write(name, 'stages:\n  one:\n    cmd: echo 1 > one\n    outs: [one]\n'),
      ),
      run('repro'),
      run('repro', '-P'),
      { remove: 'data/x' },
      run('checkout'),
    ],
  },
  {
    name: 'from-a-folder',
    steps: [
      run('init'),
      ...['data/raw/1.csv', 'data/raw/2.csv', 'src/train.py'].map((name) =>
        write(name, `${name}\n`),
      ),
      write('params.yaml', 'lr: 0.1\n'),
      from('data', 'add', 'raw'),
      from(
        'src',
        ...'stage add -n count -w ../data -d raw -p ../params.yaml:lr -o count.txt'.split(' '),
        'cp raw/1.csv count.txt',
      ),
      from('src', ...'stage add -n train -d train.py -o model.txt'.split(' ')),
      from(
        'src',
        ...'stage add -n train -d train.py -o model.txt'.split(' '),
        'cp train.py model.txt',
      ),
      from('src', 'repro'),
      from('src', 'freeze', 'train'),
      from('data', 'unfreeze', '../src/dvc.yaml:train'),
      write('src/train.py', 'changed\n'),
      from('src', 'commit', '-f', 'train'),
      { remove: 'src/model.txt' },
      from('src', 'checkout', 'train'),
      from('src', 'remote', 'add', '-d', 'near', '../../.home/near'),
      from('src', 'push', 'train', '../data/raw'),
      { remove: 'src/model.txt' },
      { remove: '.dvc/cache/files/md5/e8' },
      from('src', 'pull', 'dvc.yaml:train'),
      from('src', 'move', '../data/raw', 'raw'),
      from('src', 'remove', 'train'),
    ],
  },
  {
    name: 'remarks-stay',
    steps: [
      run('init'),
      write('data/a.csv', 'a\n'),
      run('add', 'data'),
      write('one.csv', 'one\n'),
      run('add', 'one.csv'),
      write(
        'one.csv.dvc',
        '# first\nouts:\n- md5: 5bbf5a52328e7439ae6e719dfe712200\n  size: 4\n  hash: md5\n  path: one.csv # here\n# between\nmeta:\n  owner: me # who\n  since: 2020\ndesc: kept\n',
      ),
      write('one.csv', 'two\n'),
      run('add', 'one.csv'),
      run('move', 'one.csv', 'data2.csv'),
    ],
  },
  {
    name: 'written-by-hand',
    steps: [
      run('init'),
      write('one.csv', 'one\n'),
      write('data/a', 'a\n'),
      run('add', 'one.csv', 'data'),
      write(
        'one.csv.dvc',
        'desc: |\n  What it is,\n    in two lines.\nouts:\n- md5: 5bbf5a52328e7439ae6e719dfe712200\n  size: 4\n  hash: md5\n  path: one.csv\n  labels: [raw, csv] # ours\n# of the whole\nmeta:\n  limits: &limits {low: 1e-3, high: 1_000}\n  own:\n    <<: *limits\n    mask: 0x1F\n  note: >-\n    goes\n    on\n\n    and on\n  none:\nwdir: .\n',
      ),
      write('one.csv', 'two\n'),
      run('add', 'one.csv'),
      run('freeze', 'one.csv.dvc'),
      run('unfreeze', 'one.csv.dvc'),
      write(
        'dvc.yaml',
        'stages:\n  base: &base\n    cmd: cp one.csv base.csv\n    deps: [one.csv]\n    outs: [base.csv]\n    meta: {owner: me}\n  again:\n    <<: *base\n    cmd: cp one.csv again.csv\n    outs: [again.csv]\n',
      ),
      run('repro'),
    ],
  },
  {
    name: 'moves',
    steps: [
      run('init'),
      ...['a.csv', 'data/x', 'data/s/y', 'b.csv', 'odd [1].csv', 'sub/keep'].map((name) =>
        write(name, `${name}\n`),
      ),
      run('add', 'a.csv', 'data', 'b.csv', 'odd [1].csv'),
      run('import-url', 'b.csv', 'own.csv'),
      run('move', 'a.csv', 'sub/z.csv'),
      run('move', 'data', 'sub'),
      run('move', 'own.csv', 'sub/own2.csv'),
      run('remove', 'b.csv.dvc'),
      run('remove', '--outs', 'odd [1].csv.dvc'),
      run('remove', 'nothing'),
    ],
  },
  {
    name: 'imports',
    steps: [
      run('init'),
      write('src/f.csv', 'f\n'),
      write('src/d/a', 'a\n'),
      write('src/d/s/b', 'b\n'),
      write('sub/keep', ''),
      run('import-url', 'src/f.csv', 'f.csv'),
      run('import-url', 'src/d', 'dd'),
      run('import-url', '--no-download', 'src/d', 'later'),
      run('import-url', '--no-exec', 'src/f.csv', 'much-later.csv'),
      run('import-url', 'src/f.csv', 'sub/copy.csv'),
      run('import-url', 'src/f.csv', 'sub/copy.csv'),
      write('src/f.csv', 'newer\n'),
      write('src/d/c', 'c\n'),
      run('update', 'f.csv.dvc', 'dd.dvc', 'later.dvc'),
    ],
  },
  {
    name: 'settings',
    steps: [
      run('init'),
      run('remote', 'add', '-d', 'store', 'here/store'),
      run('remote', 'add', 'far', 's3://bucket/folder'),
      run('remote', 'modify', 'far', 'endpointurl', 'http://127.0.0.1:9000'),
      run('remote', 'modify', '--local', 'far', 'access_key_id', 'me'),
      run('config', 'core.autostage', 'true'),
      run('config', 'cache.type', 'hardlink,copy'),
      run('config', '-u', 'core.autostage'),
      run('remote', 'rename', 'store', 'near'),
      run('remote', 'default', 'far'),
      run('remote', 'remove', 'near'),
      run('remote', 'modify', 'far', 'nonsense', '1'),
    ],
  },
  {
    name: 'pipeline',
    steps: [
      run('init'),
      ...Object.entries(GOLDEN_FILES).map(([path, text]) => write(path, text)),
      write('models/keep', ''),
      run('repro'),
      write('data/z.txt', 'changed\n'),
      run('repro'),
    ],
  },
  {
    name: 'stages',
    steps: [
      run('init'),
      write('in.txt', 'one\n'),
      run('stage', 'add', '-n', 'last', '-d', 'in.txt', '-o', 'last.txt', 'cp in.txt last.txt'),
      run('stage', 'add', '-n', 'last', '-o', 'other.txt', 'true'),
      run('stage', 'add', '-n', 'sum', '-d', 'last.txt', '-M', 'sum.json', 'echo 1 > sum.json'),
      run('repro', 'last'),
      run('freeze', 'last'),
      write('in.txt', 'two\n'),
      run('repro', 'last'),
      run('unfreeze', 'last'),
      run('repro'),
      run('remove', 'sum'),
      run('remove', 'last'),
    ],
  },
  {
    name: 'nothing-twice',
    steps: [
      run('init'),
      write('in.csv', 'in\n'),
      write('data/a', 'a\n'),
      write('x.tmp', 'x\n'),
      write('.dvcignore', '*.tmp\n'),
      run('add', 'in.csv', 'data'),
      run('stage', 'add', '-n', 'copy', '-d', 'in.csv', '-o', 'out.csv', 'cp in.csv out.csv'),
      run('repro'),
      run('add', 'out.csv'),
      run('add', 'x.tmp'),
      run('stage', 'add', '-n', 'again', '-o', 'in.csv', 'true'),
      run('stage', 'add', '-n', 'again', '-o', 'data/x', 'true'),
      run('stage', 'add', '-n', 'again', '-o', '../x', 'true'),
      run('stage', 'add', '-q', '-n', 'two', '-o', 'z.txt', '-o', 'y.txt', 'touch z.txt y.txt'),
      run('freeze', 'in.csv.dvc', 'copy'),
      run('unfreeze', 'in.csv.dvc', 'copy'),
      write('in.csv', 'changed\n'),
      run('commit', '-f', '--with-deps', 'copy'),
    ],
  },
  {
    name: 'data-of-dvc-2',
    steps: [
      byOld('init', '--no-scm'),
      write('text.csv', 'a\r\nb\r\n'),
      write('data/x', 'x\r\n'),
      write('data/s/y', 'y\n'),
      write('zeros', '\0'.repeat(40)),
      byOld('add', 'text.csv', 'data', 'zeros'),
      write('.dvc/config', ''),
      write('.dvc/.gitignore', '/config.local\n/tmp\n/cache\n'),
      write('.gitignore', '/text.csv\n/data\n/zeros\n'),
      run('add', 'text.csv', 'data'),
      { remove: 'data/x' },
      { remove: 'text.csv' },
      run('checkout'),
      write('text.csv', 'c\r\n'),
      run('add', 'text.csv'),
      write('zeros', 'not so many\n'),
      run('commit', '-f', 'zeros.dvc'),
      run('move', 'data', 'moved'),
    ],
  },
]
