import Contract
import Kernel

extension ReferenceWriter {
    func operation(_ operation: Operation) throws -> Content {
        let endpoint = operation.endpoint
        let text: [Content] = [
            .heading(2, Content(prose: endpoint.summary), id: endpoint.id), route(endpoint),
            deprecation(endpoint), details(endpoint), needs(endpoint), parameters(operation),
            try body(operation), try answers(operation), problems(operation),
        ]
        return .article(endpoint.id, Content(text), examples: try examples(operation))
    }

    private func route(_ endpoint: Endpoint) -> Content {
        let method = endpoint.method.rawValue
        // With places to break the line at.
        let path = HTML(endpoint.path.split(separator: "/").map { "/<wbr>\(String($0))" })
        let html: HTML = """
            <p class="route"><span class="method \(method.lowercased())">\(method)</span> \
            <code>\(path)</code></p>

            """
        return Content(
            html: html, markdown: "`\(method) \(endpoint.path)` (`\(endpoint.id)`)\n\n")
    }

    private func deprecation(_ endpoint: Endpoint) -> Content {
        endpoint.documentation.deprecation.map { .paragraph(Content(prose: $0.text)) } ?? ""
    }

    private func details(_ endpoint: Endpoint) -> Content {
        endpoint.documentation.details.map { .paragraph(Content(prose: $0)) } ?? ""
    }

    private func needs(_ endpoint: Endpoint) -> Content {
        guard endpoint.access == .user else {
            return .paragraph("No token required.", style: "needs")
        }
        let scopes = endpoint.scopes.map { link(.code($0), to: .page("scopes", Self.scopeId($0))) }
        let scope: Content = scopes.isEmpty ? "any token" : "scope \(Content.list(scopes))"
        let readOnly: Content =
            endpoint.readsOnly
            ? "; works with read-only tokens." : "; read-only tokens are refused."
        return .paragraph("Requires \(scope)\(readOnly)", style: "needs")
    }

    private func parameters(_ operation: Operation) -> Content {
        guard !operation.parameters.isEmpty else { return "" }
        let rows = operation.parameters.map { parameter -> [Content] in
            let member = parameter.member
            return [
                .code(member.name) + (parameter.place == .path ? required : ""),
                Content(prose: parameter.place.rawValue),
                "\(member.meaning) \(bounds(member.rule, .string))",
            ]
        }
        let caption = "Parameters of \(operation.endpoint.id)"
        return .heading(3, "Parameters") + .table(caption, ["Name", "In", "Meaning"], rows)
    }

    private func body(_ operation: Operation) throws -> Content {
        guard let body = operation.endpoint.documentation.body else { return "" }
        let heading: Content = body.isOptional ? "Body \(optional)" : "Body"
        return try .heading(3, heading)
            + members(of: body.type, .request, "Body of \(operation.endpoint.id)")
    }

    private func answers(_ operation: Operation) throws -> Content {
        let rows = operation.outcomes.compactMap { outcome -> [Content]? in
            let content: Content
            switch outcome.content {
            case .nothing: content = "–"
            case .one(let type): content = kind(.object(type), rule: Rule())
            case .list(let type, _): content = kind(.array(.object(type)), rule: Rule())
            case .other: content = .code(outcome.mediaType)
            case .problem: return nil
            }
            let names = outcome.headers.filter { !Headers.listedOnce.contains($0) }
                .map(Content.code)
            let fields: Content =
                names.isEmpty ? "" : .note("bounds", "With \(Content.list(names)).")
            return ["\(outcome.status)", content, "\(outcome.meaning) \(fields)"]
        }
        let caption = "Responses of \(operation.endpoint.id)"
        return .heading(3, "Responses") + .table(caption, ["Status", "Body", "Meaning"], rows)
    }

    private func problems(_ operation: Operation) -> Content {
        let rows = operation.outcomes.flatMap { outcome -> [[Content]] in
            guard case .problem(let causes) = outcome.content else { return [] }
            return causes.filter { !Causes.common.contains($0) }.map(problem)
        }
        guard !rows.isEmpty else { return "" }
        let caption = "Problems of \(operation.endpoint.id)"
        return .heading(3, "Problems") + .table(caption, ["Code", "Status", "When"], rows)
    }

    /// A row of a table of problems.
    func problem(_ cause: ProblemType) -> [Content] {
        [
            link(.code(cause.code), to: .problem(cause.code)), "\(cause.status)",
            Content(prose: cause.detail),
        ]
    }

    // MARK: Examples

    private func examples(_ operation: Operation) throws -> Content {
        let request = Content.block("Request", try curl(operation), language: "sh")
        let answer = operation.outcomes.first
        guard let answer else { return request }
        let body: JSONTree
        switch answer.content {
        case .one(let type): body = try Example.object(type, .answer)
        case .list(let type, let envelope): body = try ListSchema.example(type, envelope)
        case .nothing, .other, .problem: return request
        }
        return request + .block("Response \(answer.status)", body.pretty, language: "json")
    }

    /// The request as one would type it.
    private func curl(_ operation: Operation) throws -> String {
        let endpoint = operation.endpoint
        var target = endpoint.path
        var query: [String] = []
        for parameter in operation.parameters {
            guard case .string(let example)? = parameter.member.example else { continue }
            switch parameter.place {
            case .path: target.replace("{\(parameter.member.name)}", with: example)
            case .query: query.append("\(parameter.member.name)=\(example)")
            case .header: break
            }
        }
        if !query.isEmpty { target += "?" + query.joined(separator: "&") }
        let body = try endpoint.documentation.body.map { try Example.object($0.type, .request) }
        return curl(endpoint, target, body: body)
    }

    /// - Parameter fields: of the head, besides the token.
    func curl(
        _ endpoint: Endpoint, _ target: String, fields: [String] = [], body: JSONTree?
    ) -> String {
        let method = endpoint.method == .get ? "" : "-X \(endpoint.method.rawValue) "
        var lines = ["curl \(method)\"\(server)\(target)\""]
        if endpoint.access == .user { lines.append("-H \"Authorization: Bearer $TOKEN\"") }
        lines += fields.map { "-H \"\($0)\"" }
        if let body, endpoint.documentation.body?.mediaType == Documentation.Body.formType {
            lines += body.fields.map { "--data-urlencode '\($0)=\($1)'" }
        } else if let body {
            lines.append("-H \"Content-Type: application/json\"")
            lines.append("-d '\(body.pretty.replacing("'", with: "'\\''"))'")
        }
        return lines.joined(separator: " \\\n  ")
    }
}

extension JSONTree {
    /// The members of a form.
    fileprivate var fields: [(String, String)] {
        guard case .object(let pairs) = self else { return [] }
        return pairs.compactMap { pair in
            guard case .string(let value) = pair.value else { return nil }
            return (pair.name, value)
        }
    }
}
