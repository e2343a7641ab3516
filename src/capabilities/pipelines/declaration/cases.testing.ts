// Projects whose stages DVC resolves, and what of DVC each is about. What DVC makes of them stands in
// resolved.golden.json, written by `node scripts/write-resolved-golden.ts`.

export interface ResolveCase {
  readonly name: string
  readonly files: Readonly<Record<string, string>>
}

const PARAMS = `lr: 1e-3
epochs: 10
name: "yes"
flag: true
off: false
nothing:
big: 12345678901234567890
models:
  us: {thresh: 10, tags: [a, b], deep: {x: 1.0}}
  gb: {thresh: 15, tags: [], deep: {x: 2.5e-7}}
layers: [64, 32.0, "x y"]
opts:
  lr: 0.1
  verbose: true
  quiet: false
  name: it's "quoted" $HOME
  empty: ''
  sizes: [1, 2.5, "a b", true]
  nested: {depth: 3, on: true}
  none: null
`

export const RESOLVE_CASES: readonly ResolveCase[] = [
  {
    name: 'single values, nested access, escapes, types kept',
    files: {
      'params.yaml': PARAMS,
      'dvc.yaml': `stages:
  a:
    cmd: t \${lr} \${epochs} \${name} \${flag} \${off} \${nothing} \${big} \\\${kept} $HOME
    desc: about \${name}
    deps: ["in/\${models.us.thresh}", "\${layers[2]}", "\${models[gb].deep.x}.txt", "\${layers[-1]}z"]
    params: [lr, "models.\${name}"]
    outs: ["\${epochs}.out"]
    meta: {n: "\${epochs}", f: "\${layers[1]}", list: ["\${lr}", 1], none: "\${nothing}"}
  b:
    cmd: ["one \${ lr }", "two \${models.us.tags[0]}"]
    wdir: .
    outs:
      - o1: {cache: false, persist: true, remote: r, push: false, desc: d, type: t, labels: [l], meta: {a: 1}}
      - o2
    metrics:
      - m.json: {cache: false}
      - m2.json
    plots:
      - p.csv: {x: step, y: loss, title: "t \${lr}", template: simple, header: false, x_label: X, y_label: Y}
      - q.csv
    frozen: true
    always_changed: true
`,
    },
  },
  {
    name: 'a mapping in a command becomes flags',
    files: {
      'params.yaml': PARAMS,
      'dvc.yaml': `stages:
  a:
    cmd: train \${opts} --end
  b:
    cmd: ["x \${models.us}", "y \${opts.nested} z"]
`,
    },
  },
  {
    name: 'flags as the configuration wants them',
    files: {
      '.dvc/config': '[parsing]\n    bool = boolean_optional\n    list = append\n',
      'params.yaml': PARAMS,
      'dvc.yaml': 'stages:\n  a:\n    cmd: train ${opts}\n',
    },
  },
  {
    name: 'vars: files, parts of files, values, of the file and of a stage',
    files: {
      'params.yaml': 'lr: 1\ntrain: {a: 1}\n',
      'more.json': '{"train": {"b": 2.0}, "json": [1, {"k": "v"}], "skip": 1, "1": 2, "0": 3}',
      'conf/x.toml': 'top = 3\n[section]\nkey = 1.0\nbig = 1_000\n',
      'conf/y.py': `"""Doc."""
import os
LR = 1e-3  # remark
NAMES = ["a", 'b' "c"]
POINT: tuple = [1, -2]
COMPUTED = os.getpid()
class Train(Base):
    EPOCHS = 10
    opts: dict = {"x": 1, 'y': [True, None]}
    def __init__(self, x=1):
        self.seed = 0x10
        local = 3
    def other(self):
        self.no = 1
if True:
    HIDDEN = 1
`,
      'dvc.yaml': `vars:
  - more.json:train,json
  - conf/x.toml
  - conf/y.py
  - inline: {a: 1, b: [x, y]}
    second: 2
stages:
  a:
    cmd: a \${lr} \${train.a} \${train.b} \${json[1].k} \${section.key} \${section.big} \${inline.b[1]} \${second}
  b:
    cmd: b \${own} \${from_wdir} \${LR} \${NAMES[1]} \${Train.EPOCHS} \${Train.opts.x} \${Train.seed} \${POINT[1]}
    wdir: sub
    vars:
      - own: 5
      - local.yaml
`,
      'sub/local.yaml': 'from_wdir: here\n',
    },
  },
  {
    name: 'foreach over a list, a mapping, composites, a template',
    files: {
      'params.yaml': PARAMS,
      'dvc.yaml': `stages:
  simple:
    foreach: [us, 10, 1.5, true, us]
    do: {cmd: "echo \${item}", outs: ["s/\${item}"]}
  dict:
    foreach: {x: {n: 1}, y: {n: 2}}
    do:
      cmd: echo \${key} \${item.n}
      wdir: .
      outs: ["d/\${key}"]
  composite:
    foreach: [{a: 1, b: x}, {a: 2, b: y}]
    do:
      cmd: echo \${item.a}\${item.b}
      params: ["\${item.b}": ["k\${item.a}"]]
      outs: ["c/\${item.a}": {cache: false}]
  taken:
    foreach: \${models}
    do:
      cmd: m \${key} \${item.thresh} \${item.deep.x} \${lr}
      outs: ["m/\${key}"]
      vars: [{factor: 2}]
  list:
    foreach: \${layers}
    do: {cmd: "l \${item}"}
  mixed:
    foreach: ["\${lr}", "\${name}-x"]
    do: {cmd: "x \${item}"}
`,
    },
  },
  {
    name: 'matrix, with composites and templates',
    files: {
      'params.yaml': PARAMS,
      'dvc.yaml': `stages:
  train:
    matrix:
      model: [cnn, xgb]
      size: \${layers}
      opt: [{lr: 1, tags: [p, q]}, {lr: 2, tags: []}]
    cmd: train \${item.model} \${item.size} \${item.opt} -- \${key}
    outs: ["out/\${key}"]
  one:
    matrix:
      flag: [true, false]
    cmd: one \${item.flag} \${item}
`,
    },
  },
  {
    name: 'several dvc.yaml files, working folders, parameters of all kinds',
    files: {
      'params.yaml': 'a: {b: 1}\n',
      'dvc.yaml': `stages:
  top:
    cmd: x
    wdir: sub
    deps: [../in.txt, "sub2/"]
    params:
      - a.b
      - c
      - other.yaml:
      - p.json: [k]
      - p.json: [j, k]
      - params.yaml: [z]
    outs: [o/]
`,
      'sub/params.yaml': 'v: 2\n',
      'sub/dvc.yaml': `stages:
  top:
    cmd: y \${v}
    deps: [o2]
    params: [v]
    outs: [../out3]
  deep:
    cmd: z
    wdir: deeper
    deps: [../../in.txt]
    outs: [w]
`,
      'sub/deeper/keep': '',
    },
  },
]
