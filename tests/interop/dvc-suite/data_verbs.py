"""DVC's verbs of data as commands. Each takes what the method of `dvc.repo.Repo` takes and gives what it gives."""

import os

from dvc.repo import Repo

from ratchet_command import ask, ask_anywhere, flags, several, unsayable


def single_stages(repo, files):
    """The stages of `.dvc` files as DVC's own loader reads what the command wrote."""
    from dvc.dvcfile import load_file

    stages = [load_file(repo, os.path.join(repo.root_dir, file)).stage for file in dict.fromkeys(files)]
    for stage in stages:
        for out in stage.outs:
            # A record that was read says its hash twice, one that was just made does not.
            out.meta.md5 = None
            # And the kind of a hash also where there is none yet.
            if not out.hash_info:
                out.hash_info.name = None
    return stages


def add(
    repo,
    targets,
    no_commit=False,
    glob=False,
    out=None,
    remote=None,
    to_remote=False,
    remote_jobs=None,
    force=False,
    relink=True,
):
    unsayable(no_relink=not relink)
    words = several(targets)
    if not words:
        return []
    options = flags(
        no_commit=no_commit,
        glob=glob,
        out=out,
        remote=remote,
        to_remote=to_remote,
        remote_jobs=remote_jobs,
        force=force,
    )
    return single_stages(repo, [one["file"] for one in ask(repo, "add", *options, *words)])


def commit(
    repo,
    target=None,
    with_deps=False,
    recursive=False,
    force=False,
    allow_missing=False,
    data_only=False,
    relink=True,
):
    unsayable(allow_missing=allow_missing, data_only=data_only, no_relink=not relink)
    options = flags(with_deps=with_deps, recursive=recursive, force=force)
    done = ask(repo, "commit", *options, *several(target))
    files = [one["file"] for one in done if "md5" in one]
    names = [one["stage"] for one in done if "stage" in one]
    return [*single_stages(repo, files), *(stage for name in names for stage in repo.stage.collect(name))]


def checkout(
    repo,
    targets=None,
    with_deps=False,
    force=False,
    relink=False,
    recursive=False,
    allow_missing=False,
):
    options = flags(
        with_deps=with_deps,
        force=force,
        relink=relink,
        recursive=recursive,
        allow_missing=allow_missing,
    )
    return changes_of(repo, ask(repo, "checkout", *options, *several(targets)))


def changes_of(repo, done):
    """What a checkout changed, by path and in numbers of files."""
    changes = {"added": [], "deleted": [], "modified": []}
    stats = dict.fromkeys(changes, 0)
    for one in done:
        made, replaced, relinked, deleted = (
            len(one[part]) for part in ("placed", "replaced", "relinked", "deleted")
        )
        stats["added"] += made - replaced - relinked
        stats["modified"] += replaced
        stats["deleted"] += deleted
        if one["deleted"][:1] == [one["path"]]:
            kind = "deleted"
        elif one["isNew"] and (made or one["isFolder"]):
            kind = "added"
        elif made > relinked or deleted:
            kind = "modified"
        else:
            continue
        path = os.path.relpath(os.path.join(repo.root_dir, one["path"]))
        changes[kind].append(os.path.join(path, "") if one["isFolder"] else path)
    return {kind: sorted(paths, key=folders_first) for kind, paths in changes.items()} | {"stats": stats}


def folders_first(path):
    return (not path.endswith(os.sep), path)


MOVING = ("all_branches", "all_tags", "all_commits", "with_deps", "recursive", "run_cache", "glob")


def moving(verb, repo, targets, *, jobs=None, remote=None, revs=None, workspace=True, **said):
    unsayable(revs=revs, without_workspace=not workspace)
    options = flags(jobs=jobs, remote=remote, **said)
    return ask(repo, verb, *options, *several(targets))


def push(repo, targets=None, **said):
    return moving("push", repo, targets, **said)["pushed"]


def fetch(repo, targets=None, max_size=None, types=None, config=None, onerror=None, **said):
    unsayable(max_size=max_size, types=types, config=config, onerror=onerror)
    return moving("fetch", repo, targets, **said)["fetched"]


def pull(repo, targets=None, **said):
    done = moving("pull", repo, targets, **said)
    changes = changes_of(repo, done["checked_out"])
    return changes | {"stats": changes["stats"] | {"fetched": done["fetched"]}}


def gc(
    repo,
    all_branches=False,
    cloud=False,
    remote=None,
    with_deps=False,
    all_tags=False,
    all_commits=False,
    all_experiments=False,
    force=False,
    jobs=None,
    repos=None,
    workspace=False,
    commit_date=None,
    rev=None,
    num=None,
    not_in_remote=False,
    dry=False,
    skip_failed=False,
):
    unsayable(with_deps=with_deps)
    projects = ["--projects", *several(repos)] if repos else []
    # DVC's method does it unasked; its `force` is about listings that are missing.
    options = flags(
        all_branches=all_branches,
        cloud=cloud,
        remote=remote,
        all_tags=all_tags,
        all_commits=all_commits,
        all_experiments=all_experiments,
        force=not dry,
        dry=dry,
        jobs=jobs,
        workspace=workspace,
        date=commit_date,
        rev=rev,
        num=num,
        not_in_remote=not_in_remote,
        skip_failed=skip_failed,
        allow_missing=force,
        # DVC keeps nothing for being young.
        min_age="0",
    )
    ask(repo, "gc", *options, *projects)


def imp(repo, url, path, out=None, rev=None, config=None, remote=None, remote_config=None, jobs=None, **said):
    unsayable(config=isinstance(config, dict))
    options = flags(out=out, rev=rev, config=config, remote=remote, **said)
    settings = [f"{key}={value}" for key, value in (remote_config or {}).items()]
    last = ["--remote-config", *settings] if settings else []
    return single_stages(repo, [ask(repo, "import", *options, url, path, *last)["file"]])[0]


def imp_url(
    repo,
    url,
    out=None,
    erepo=None,
    frozen=True,
    no_download=False,
    no_exec=False,
    remote=None,
    to_remote=False,
    jobs=None,
    force=False,
    fs_config=None,
    version_aware=False,
):
    unsayable(erepo=erepo, unfrozen=not frozen, fs_config=fs_config)
    options = flags(
        no_download=no_download,
        no_exec=no_exec,
        remote=remote,
        to_remote=to_remote,
        jobs=jobs,
        force=force,
        version_aware=version_aware,
    )
    done = ask(repo, "import-url", *options, url, *several(out))
    return single_stages(repo, [done["file"]])[0]


def update(
    repo,
    targets=None,
    rev=None,
    recursive=False,
    to_remote=False,
    no_download=False,
    remote=None,
    jobs=None,
):
    options = flags(
        rev=rev,
        recursive=recursive,
        to_remote=to_remote,
        no_download=no_download,
        remote=remote,
        jobs=jobs,
    )
    done = ask(repo, "update", *options, *several(targets))
    return single_stages(repo, [one["file"] for one in done])


def move(repo, from_path, to_path):
    ask(repo, "move", from_path, to_path)


def remove(repo, target, outs=False):
    ask(repo, "remove", *flags(outs=outs), target)


def unprotect(repo, target):
    ask(repo, "unprotect", target)


def destroy(repo):
    ask(repo, "destroy", "--force")


def install(repo, use_pre_commit_tool=False):
    ask(repo, "install", *flags(use_pre_commit_tool=use_pre_commit_tool))


def diff(repo, a_rev="HEAD", b_rev=None, targets=None, recursive=False):
    chosen = ["--targets", *several(targets)] if targets else []
    return ask(repo, "diff", "--show-hash", a_rev, *several(b_rev), *chosen)


def data_status(
    repo,
    targets=None,
    *,
    granular=False,
    untracked_files="no",
    remote=None,
    not_in_remote=False,
    remote_refresh=False,
    config=None,
    batch_size=None,
    head="HEAD",
    with_renames=True,
):
    from dvc.repo.data import _git_info

    unsayable(config=config, head=head != "HEAD", without_renames=not with_renames)
    options = flags(
        granular=granular,
        untracked_files=untracked_files,
        remote=remote,
        not_in_remote=not_in_remote,
        unchanged=True,
    )
    lists = ("not_in_cache", "not_in_remote", "unchanged", "untracked")
    empty = {"committed": {}, "uncommitted": {}, **{name: [] for name in lists}}
    found = ask(repo, "data status", *options, *several(targets))
    # What Git says is no part of our document.
    return {**empty, **found, "git": _git_info(repo.scm, untracked_files=untracked_files)}


def status(
    repo,
    targets=None,
    jobs=None,
    cloud=False,
    remote=None,
    check_updates=True,
    **said,
):
    options = flags(jobs=jobs, cloud=cloud, remote=remote, no_updates=not check_updates, **said)
    return ask(repo, "status", *options, *several(targets))


def get(url, path, out=None, rev=None, jobs=None, force=False, config=None, remote=None, remote_config=None):
    unsayable(config=config, remote=remote, remote_config=remote_config)
    ask_anywhere("get", *flags(out=out, rev=rev, jobs=jobs, force=force), url, path)


def beyond_address(fs_config):
    """What a test says of a file system beside where it is, which the address says too."""
    return {key: value for key, value in (fs_config or {}).items() if key != "url"}


def get_url(url, out=None, *, fs_config=None, jobs=None, force=False, config=None):
    unsayable(fs_config=beyond_address(fs_config))
    ask_anywhere("get-url", *flags(jobs=jobs, force=force), url, *several(out))


def ls(
    url,
    path=None,
    rev=None,
    recursive=None,
    dvc_only=False,
    config=None,
    remote=None,
    remote_config=None,
    maxdepth=None,
):
    unsayable(config=config, remote=remote, remote_config=remote_config)
    options = flags(rev=rev, recursive=recursive, dvc_only=dvc_only)
    depth = [] if maxdepth is None else ["--level", str(maxdepth)]
    return ask_anywhere("list", *options, *depth, url, *several(path))


def ls_url(url, *, fs_config=None, recursive=False, maxdepth=None, config=None):
    unsayable(fs_config=beyond_address(fs_config))
    depth = [] if maxdepth is None else ["--level", str(maxdepth)]
    return ask_anywhere("list-url", *flags(recursive=recursive), *depth, url)


def du(url, path=None, rev=None, summarize=False, config=None, remote=None, remote_config=None):
    unsayable(config=config, remote=remote, remote_config=remote_config)
    done = ask_anywhere("du", *flags(rev=rev, summarize=summarize), url, *several(path))
    return [*done["entries"].items(), (path or "", done["total"])]


def init(root_dir=os.curdir, no_scm=False, force=False, subdir=False):
    with_folder = os.getcwd()
    os.chdir(root_dir)
    try:
        ask_anywhere("init", *flags(no_scm=no_scm, force=force, subdir=subdir))
    finally:
        os.chdir(with_folder)
    return Repo(root_dir)


METHODS = {
    "add": add,
    "checkout": checkout,
    "commit": commit,
    "data_status": data_status,
    "destroy": destroy,
    "diff": diff,
    "fetch": fetch,
    "gc": gc,
    "imp": imp,
    "imp_url": imp_url,
    "install": install,
    "move": move,
    "pull": pull,
    "push": push,
    "remove": remove,
    "unprotect": unprotect,
    "update": update,
}

STATIC = {"du": du, "get": get, "get_url": get_url, "ls": ls, "ls_url": ls_url}

# Verbs by which other tests only build or look: DVC's own, but in the files that are about them.
MEANINGS = {}
SUBJECTS = {
    (Repo, "status"): (status, ["tests/func/test_status.py"]),
    (Repo, "init"): (staticmethod(init), ["tests/func/test_init.py"]),
}
