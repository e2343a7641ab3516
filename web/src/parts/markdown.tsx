import { Lexer, type Token, type Tokens } from 'marked'
import { Fragment, type ReactNode } from 'react'
import './markdown.css'

/** Markdown of people, as elements of ours: HTML in it stays text, and links lead only to the web. */
export function Markdown({ text }: { text: string }) {
  return <div className="markdown">{blocks(new Lexer().lex(text))}</div>
}

function blocks(tokens: readonly Token[]): ReactNode {
  return tokens.map((token, index) => <Fragment key={index}>{block(token)}</Fragment>)
}

function block(token: Token): ReactNode {
  switch (token.type) {
    case 'heading':
      return <Heading token={token as Tokens.Heading} />
    case 'paragraph':
      return <p>{inline(token.tokens)}</p>
    case 'text':
      return token.tokens === undefined ? <p>{plain(token.text)}</p> : <p>{inline(token.tokens)}</p>
    case 'code':
      return (
        <pre>
          <code>{token.text}</code>
        </pre>
      )
    case 'blockquote':
      return <blockquote>{blocks(token.tokens ?? [])}</blockquote>
    case 'list':
      return <List token={token as Tokens.List} />
    case 'table':
      return <Table token={token as Tokens.Table} />
    case 'hr':
      return <hr />
    case 'space':
    case 'def':
      return null
    default:
      return <p>{token.raw}</p>
  }
}

// Of a document within a page: it begins below the headings of the page.
function Heading({ token }: { token: Tokens.Heading }) {
  const text = inline(token.tokens)
  return token.depth <= 1 ? <h3 className="first">{text}</h3> : <h4>{text}</h4>
}

function List({ token }: { token: Tokens.List }) {
  const items = token.items.map((item, index) => (
    <li key={index}>{item.loose ? blocks(item.tokens) : tight(item.tokens)}</li>
  ))
  return token.ordered ? <ol start={Number(token.start) || 1}>{items}</ol> : <ul>{items}</ul>
}

function tight(tokens: readonly Token[]): ReactNode {
  return tokens.map((token, index) => (
    <Fragment key={index}>
      {token.type === 'text' && 'tokens' in token ? inline(token.tokens) : block(token)}
    </Fragment>
  ))
}

function Table({ token }: { token: Tokens.Table }) {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Table of the document">
      <table className="table">
        <thead>
          <tr>
            {token.header.map((cell, index) => (
              <th scope="col" key={index}>
                {inline(cell.tokens)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {token.rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, at) => (
                <td key={at}>{inline(cell.tokens)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function inline(tokens: readonly Token[] | undefined): ReactNode {
  return tokens?.map((token, index) => <Fragment key={index}>{span(token)}</Fragment>)
}

function span(token: Token): ReactNode {
  switch (token.type) {
    case 'strong':
      return <strong>{inline(token.tokens)}</strong>
    case 'em':
      return <em>{inline(token.tokens)}</em>
    case 'del':
      return <s>{inline(token.tokens)}</s>
    case 'codespan':
      return <code>{plain(token.text)}</code>
    case 'br':
      return <br />
    case 'link':
      return <WebLink href={token.href}>{inline(token.tokens)}</WebLink>
    case 'image':
      return `[${token.text}]`
    case 'text':
    case 'escape':
      return token.type === 'text' && 'tokens' in token && token.tokens !== undefined
        ? inline(token.tokens)
        : plain(token.text)
    default:
      return token.raw
  }
}

/** `javascript:` and its like lead nowhere. */
function WebLink({ href, children }: { href: string; children: ReactNode }) {
  if (!/^https?:\/\//i.test(href)) return children
  return (
    <a href={href} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  )
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
}

// The reader escapes for HTML, which React does once more.
function plain(text: string): string {
  return text.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? entity)
}
