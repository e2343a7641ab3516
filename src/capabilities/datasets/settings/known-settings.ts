import type { IniValue } from './ini.ts'

/** Null when the value is allowed, else what was expected. */
type Check = (value: IniValue) => string | null

const text: Check = (value) => (typeof value === 'string' ? null : 'expected one value, not a list')
const bool: Check = (value) =>
  /^(true|false)$/i.test(String(value)) ? null : 'expected true or false'
const whole: Check = (value) =>
  /^[-+]?\d+$/.test(String(value).trim()) ? null : 'expected a whole number'
const positive: Check = (value) =>
  Number(value) >= 1 && Number.isInteger(Number(value)) ? null : 'expected a whole number from 1'
const seconds: Check = (value) => (Number(value) >= 0 ? null : 'expected a number from 0')
const any: Check = () => null
const oneOf =
  (...choices: readonly string[]): Check =>
  (value) =>
    choices.includes(String(value).toLowerCase()) ? null : `expected one of ${choices.join(', ')}`
const links: Check = (value) => {
  const names = typeof value === 'string' ? value.split(',').map((name) => name.trim()) : value
  const wrong = names.filter((name) => !['reflink', 'hardlink', 'symlink', 'copy'].includes(name))
  return wrong.length === 0 ? null : `unsupported link types ${wrong.join(', ')}`
}

type Keys = Readonly<Record<string, Check>>

function keys(check: Check, names: string): Keys {
  return Object.fromEntries(names.split(' ').map((name) => [name, check]))
}

const COMMON: Keys = {
  url: text,
  ...keys(positive, 'checksum_jobs jobs'),
  ...keys(bool, 'worktree no_traverse version_aware'),
}
const LOCAL: Keys = {
  type: links,
  shared: oneOf('group'),
  ...keys(bool, 'protected slow_link_warning verify'),
}
const HTTP: Keys = {
  ...COMMON,
  auth: oneOf('basic', 'digest', 'custom'),
  ...keys(text, 'custom_auth_header user password ssl_verify method'),
  ...keys(bool, 'ask_password verify'),
  ...keys(seconds, 'connect_timeout read_timeout'),
}
const WEBDAV: Keys = {
  ...COMMON,
  ...keys(
    text,
    'user password token bearer_token_command custom_auth_header cert_path key_path ssl_verify',
  ),
  ...keys(bool, 'ask_password verify'),
  timeout: whole,
}

/** The keys of a remote by the scheme of its address, after dvc/config_schema.py (3.67.1). */
const BY_SCHEME: Readonly<Record<string, Keys>> = {
  '': { ...LOCAL, ...COMMON },
  s3: {
    ...COMMON,
    ...keys(
      text,
      'region profile credentialpath configpath endpointurl access_key_id secret_access_key session_token ssl_verify sse sse_kms_key_id sse_customer_algorithm sse_customer_key acl grant_read grant_read_acp grant_write_acp grant_full_control',
    ),
    ...keys(bool, 'listobjects use_ssl allow_anonymous_login cache_regions verify'),
    ...keys(whole, 'read_timeout connect_timeout'),
  },
  gs: {
    ...COMMON,
    ...keys(text, 'projectname credentialpath endpointurl'),
    ...keys(bool, 'verify allow_anonymous_login'),
  },
  ssh: {
    ...COMMON,
    type: links,
    ...keys(whole, 'port timeout max_sessions'),
    ...keys(text, 'user password passphrase keyfile'),
    ...keys(bool, 'ask_password ask_passphrase gss_auth allow_agent verify'),
  },
  hdfs: { ...COMMON, ...keys(text, 'user kerb_ticket'), replication: whole },
  webhdfs: {
    ...COMMON,
    ...keys(bool, 'kerberos use_https verify'),
    ...keys(text, 'kerberos_principal proxy_to ssl_verify token user password data_proxy_target'),
  },
  azure: {
    ...COMMON,
    ...keys(
      text,
      'connection_string sas_token account_name account_key tenant_id client_id client_secret',
    ),
    ...keys(
      bool,
      'allow_anonymous_login exclude_environment_credential exclude_visual_studio_code_credential exclude_shared_token_cache_credential exclude_managed_identity_credential verify',
    ),
    ...keys(whole, 'timeout read_timeout connection_timeout'),
  },
  oss: { ...COMMON, ...keys(text, 'oss_key_id oss_key_secret oss_endpoint'), verify: bool },
  gdrive: {
    ...COMMON,
    ...keys(
      text,
      'profile gdrive_client_id gdrive_client_secret gdrive_user_credentials_file gdrive_service_account_user_email gdrive_service_account_json_file_path',
    ),
    ...keys(bool, 'gdrive_use_service_account gdrive_trash_only gdrive_acknowledge_abuse verify'),
  },
  http: HTTP,
  https: HTTP,
  webdav: WEBDAV,
  webdavs: WEBDAV,
}

const SECTIONS: Readonly<Record<string, Keys>> = {
  core: {
    ...keys(text, 'remote site_cache_dir machine'),
    checksum_jobs: positive,
    ...keys(bool, 'interactive analytics hardlink_lock no_scm autostage experiments check_update'),
  },
  cache: { ...LOCAL, ...keys(text, 'dir local s3 gs hdfs webhdfs ssh azure') },
  state: { dir: text, row_limit: positive, row_cleanup_quota: whole },
  index: { dir: text },
  feature: { machine: any },
  plots: { html_template: text, auto_open: bool, out_dir: text },
  exp: { ...keys(text, 'code data models metrics params plots live git_remote'), auto_push: bool },
  parsing: {
    bool: oneOf('store_true', 'boolean_optional'),
    list: oneOf('nargs', 'append'),
  },
  hydra: {
    enabled: bool,
    ...keys(text, 'config_dir config_module config_name plugins_path'),
  },
  studio: { ...keys(text, 'token url repo_url'), offline: bool },
}

const DATABASE: Keys = keys(text, 'url username password')

/** The sections that DVC knows without a name. */
export const SECTION_NAMES: readonly string[] = Object.keys(SECTIONS)

/**
 * What is wrong with a section of all levels merged, as a sentence, or null. DVC refuses every key that it does
 * not know, for all commands: so a wrong one is never written.
 */
export function sectionFault(
  section: string,
  values: ReadonlyMap<string, IniValue>,
): string | null {
  const remote = /^remote "(.*)"$/.exec(section)
  if (remote !== null) return remoteFault(remote[1] ?? '', values)
  if (section.startsWith('db "')) return keysFault(section, values, DATABASE)
  if (section.startsWith('machine "')) return null
  const known = SECTIONS[section]
  if (known === undefined)
    return `there is no section "${section}"; there are ${[...SECTION_NAMES, 'remote', 'db'].join(', ')}`
  return keysFault(section, values, known)
}

function remoteFault(name: string, values: ReadonlyMap<string, IniValue>): string | null {
  const url = values.get('url')
  if (typeof url !== 'string') return `remote "${name}" has no url`
  const scheme = /^([a-z][a-z0-9+.-]*):\/\/[^/]/i.exec(url)?.[1]?.toLowerCase() ?? ''
  if (scheme === 'remote') return null
  const known = BY_SCHEME[scheme]
  if (known === undefined) return `remote "${name}": unsupported kind of address ${scheme}://`
  return keysFault(`remote "${name}"`, values, known)
}

function keysFault(
  section: string,
  values: ReadonlyMap<string, IniValue>,
  known: Keys,
): string | null {
  for (const [key, value] of values) {
    const check = known[key]
    if (check === undefined)
      return `${section} has no key "${key}"; it has ${Object.keys(known).join(', ')}`
    const fault = check(value)
    if (fault !== null) return `${section}: ${key} = ${String(value)}: ${fault}`
  }
  return null
}
