// A project and the dvc.lock that `dvc repro` (3.67.1, SHELL=/bin/bash) wrote for it: floats, quoted text that
// looks like a date, lists of commands, folding at 80 columns, a folder with a trailing slash, wdir, TOML and JSON.

export const GOLDEN_FILES: Readonly<Record<string, string>> = {
  'data/raw.csv': 'a,b\n1,2\n',
  'data/z.txt': 'x\n',
  'params.yaml': `# comment
train:
  until: '1973-05-01'
  lr: 1e-3
  big: 1.0
  n: 10
  name: "yes"
  flags: [a, 1, true, null]
  nested: {z: 1, a: {y: 2.5e-7, b: no}}
seed: 7
empty: ''
when: "2001-12-14 21:59:43.10"
`,
  'other.json': `{"k": {"b": 1.5, "a": [1, 2.0]}, "t": "x", "d":"1973-05-01"}
`,
  'cfg.toml': `[opt]
lr = 1e-3
n = 5
`,
  'dvc.yaml': `vars:
  - thing: 3
stages:
  prepare:
    cmd: mkdir -p data/out && cp data/raw.csv data/out/a.csv && cp data/z.txt data/out/b.txt && echo this is a very long command that surely folds --and --has --many --options
    deps:
      - data/raw.csv
      - data/z.txt
    params:
      - train
      - seed
      - empty
      - when
      - other.json:
          - k
          - t
          - d
      - cfg.toml:
    outs:
      - data/out/
  train:
    cmd:
      - echo "hello \${train.n} it's" > models/m.txt
      - cp data/out/a.csv metrics.json
    deps: [data/out]
    params: [train.until, train.lr, train.name, train.flags]
    outs:
      - models/m.txt
    metrics:
      - metrics.json:
          cache: false
  multi:
    cmd: |
      echo 'one # : ' > one.txt
      echo "two" > two.txt; echo 1 > ../plot.csv
    wdir: models
    deps:
    - m.txt
    outs:
    - one.txt:
        persist: true
    - two.txt
    plots:
    - ../plot.csv:
        cache: false
        x: a
    always_changed: false
    desc: something
    meta: {ratchet: {timeout: 10s}}
`,
}

export const GOLDEN_EXECUTABLE = 'data/z.txt'

export const GOLDEN_LOCK = `schema: '2.0'
stages:
  prepare:
    cmd: mkdir -p data/out && cp data/raw.csv data/out/a.csv && cp data/z.txt 
      data/out/b.txt && echo this is a very long command that surely folds --and
      --has --many --options
    deps:
    - path: data/raw.csv
      hash: md5
      md5: e5ebd4c02cefbe7955977c67ada242b7
      size: 8
    - path: data/z.txt
      hash: md5
      md5: 401b30e3b8b5d629635a5c613cdb7919
      size: 2
      isexec: true
    params:
      params.yaml:
        empty: ''
        seed: 7
        train:
          until: '1973-05-01'
          lr: 0.001
          big: 1.0
          n: 10
          name: yes
          flags:
          - a
          - 1
          - true
          - 
          nested:
            z: 1
            a:
              y: 2.5e-07
              b: no
        when: '2001-12-14 21:59:43.10'
      cfg.toml:
        opt:
          lr: 0.001
          n: 5
      other.json:
        d: '1973-05-01'
        k:
          b: 1.5
          a:
          - 1
          - 2.0
        t: x
    outs:
    - path: data/out/
      hash: md5
      md5: 51632bc2b792dba466b077eb7a807c5b.dir
      size: 10
      nfiles: 2
  train:
    cmd:
    - echo "hello 10 it's" > models/m.txt
    - cp data/out/a.csv metrics.json
    deps:
    - path: data/out
      hash: md5
      md5: 51632bc2b792dba466b077eb7a807c5b.dir
      size: 10
      nfiles: 2
    params:
      params.yaml:
        train.flags:
        - a
        - 1
        - true
        - 
        train.lr: 0.001
        train.name: yes
        train.until: '1973-05-01'
    outs:
    - path: metrics.json
      hash: md5
      md5: e5ebd4c02cefbe7955977c67ada242b7
      size: 8
    - path: models/m.txt
      hash: md5
      md5: e709040cdd3e4e8696fcdbe2ce8af00e
      size: 14
  multi:
    cmd: "echo 'one # : ' > one.txt\\necho \\"two\\" > two.txt; echo 1 > ../plot.csv\\n"
    deps:
    - path: m.txt
      hash: md5
      md5: e709040cdd3e4e8696fcdbe2ce8af00e
      size: 14
    outs:
    - path: ../plot.csv
      hash: md5
      md5: b026324c6904b2a9cb4b88d6d61c81d1
      size: 2
    - path: one.txt
      hash: md5
      md5: d82b3b72b550e1678030ef6c663ffde9
      size: 9
    - path: two.txt
      hash: md5
      md5: c193497a1a06b2c72230e6146ff47080
      size: 4
`
