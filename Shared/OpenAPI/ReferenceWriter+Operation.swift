import Contract
import Kernel

extension ReferenceWriter {
    func operation(_ operation: Operation) throws -> HTML {
        let endpoint = operation.endpoint
        let details = endpoint.documentation.details.map {
            "<p>\(HTML(prose: $0))</p>\n" as HTML
        }
        return """
            <article aria-labelledby="\(endpoint.id)">
            <div class="text">
            <h3 id="\(endpoint.id)"><a href="#\(endpoint.id)">\(endpoint.summary)</a></h3>
            <p class="route"><span class="method \(methodClass(endpoint))">\
            \(endpoint.method.rawValue)</span> <code>\(path(endpoint))</code></p>
            \(details)\(needs(endpoint))\(parameters(operation))\(try body(operation))\
            \(try answers(operation))\(problems(operation))</div>
            <div class="examples">
            \(try examples(operation))</div>
            </article>

            """
    }

    /// With places to break the line at.
    private func path(_ endpoint: Endpoint) -> HTML {
        HTML(endpoint.path.split(separator: "/").map { "/<wbr>\(String($0))" })
    }

    private func needs(_ endpoint: Endpoint) -> HTML {
        guard endpoint.access == .user else {
            return "<p class=\"needs\">No token required.</p>\n"
        }
        let scopes = endpoint.scopes.map { "<code>\($0)</code>" as HTML }
        let scope: HTML = scopes.isEmpty ? "any token" : "scope \(HTML.list(scopes))"
        let readOnly: HTML =
            endpoint.readsOnly
            ? "; works with read-only tokens." : "; read-only tokens are refused."
        return "<p class=\"needs\">Requires \(scope)\(readOnly)</p>\n"
    }

    private func parameters(_ operation: Operation) -> HTML? {
        guard !operation.parameters.isEmpty else { return nil }
        let rows = operation.parameters.map { parameter -> [HTML] in
            let member = parameter.member
            let note: HTML =
                parameter.place == .path ? "<span class=\"required\">required</span>" : ""
            return [
                "<code>\(member.name)</code> \(note)", "\(parameter.place.rawValue)",
                "\(HTML(prose: member.meaning)) \(bounds(member.rule, .string))",
            ]
        }
        return """
            <h4>Parameters</h4>
            \(HTML.table("Parameters of \(operation.endpoint.id)", ["Name", "In", "Meaning"], rows))
            """
    }

    private func body(_ operation: Operation) throws -> HTML? {
        guard let body = operation.endpoint.documentation.body else { return nil }
        let optional: HTML =
            body.isOptional ? " <span class=\"optional\">optional</span>" : ""
        return """
            <h4>Body\(optional)</h4>
            \(try members(of: body.type, .request, "Body of \(operation.endpoint.id)"))
            """
    }

    private func answers(_ operation: Operation) throws -> HTML {
        let rows = operation.outcomes.compactMap { outcome -> [HTML]? in
            let content: HTML
            switch outcome.content {
            case .nothing: content = "–"
            case .one(let type): content = kind(.object(type), rule: Rule())
            case .list(let type, _): content = kind(.array(.object(type)), rule: Rule())
            case .other: content = "<code>\(outcome.mediaType)</code>"
            case .problem: return nil
            }
            let names = outcome.headers.filter { !Headers.listedOnce.contains($0) }
                .map { "<code>\($0)</code>" as HTML }
            let fields: HTML =
                names.isEmpty
                ? "" : "<span class=\"bounds\">With \(HTML.list(names)).</span>"
            return ["\("\(outcome.status)")", content, "\(HTML(prose: outcome.meaning)) \(fields)"]
        }
        let caption = "Responses of \(operation.endpoint.id)"
        return """
            <h4>Responses</h4>
            \(HTML.table(caption, ["Status", "Body", "Meaning"], rows))
            """
    }

    private func problems(_ operation: Operation) -> HTML? {
        let rows = operation.outcomes.flatMap { outcome -> [[HTML]] in
            guard case .problem(let causes) = outcome.content else { return [] }
            return causes.filter { !Causes.common.contains($0) }.map { cause in
                [
                    "<code>\(cause.code)</code>", "\("\(cause.status)")",
                    HTML(prose: cause.detail),
                ]
            }
        }
        guard !rows.isEmpty else { return nil }
        return """
            <h4>Problems</h4>
            \(HTML.table("Problems of \(operation.endpoint.id)", ["Code", "Status", "When"], rows))
            """
    }

    // MARK: Examples

    private func examples(_ operation: Operation) throws -> HTML {
        let request = HTML.code("Request", try curl(operation))
        let answer = operation.outcomes.first
        guard let answer else { return request }
        let body: JSONTree
        switch answer.content {
        case .one(let type): body = try Example.object(type, .answer)
        case .list(let type, let envelope): body = try ListSchema.example(type, envelope)
        case .nothing, .other, .problem: return request
        }
        return "\(request)\(HTML.code("Response \(answer.status)", body.pretty))"
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
        let method = endpoint.method == .get ? "" : "-X \(endpoint.method.rawValue) "
        var lines = ["curl \(method)\"\(server)\(target)\""]
        if endpoint.access == .user { lines.append("-H \"Authorization: Bearer $TOKEN\"") }
        if let body = endpoint.documentation.body {
            lines.append("-H \"Content-Type: application/json\"")
            let json = try Example.object(body.type, .request).pretty
            lines.append("-d '\(json.replacing("'", with: "'\\''"))'")
        }
        return lines.joined(separator: " \\\n  ")
    }
}
