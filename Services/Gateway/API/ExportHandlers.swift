import Contract
import GatewayContract
import HTTPCore
import HTTPServer
import Kernel
import ServiceKit
import WriteKit

/// `GET /api/users/{id}/export`: streamed, as it can be of any length.
struct ExportHandlers: Sendable {
    let exports: UserExports

    var routes: [Route] {
        [.raw(GatewayRoutes.getUserExport) { export($0, $1) }]
    }

    private func export(_ request: RequestContext, _ exchange: Exchange) {
        do throws(Fault) {
            try request.checkQuery()
            let id = try request.path("id")
            let fields = [
                Response.Field("Content-Type", "application/json"),
                Response.Field("Content-Disposition", "attachment; filename=\"user.json\""),
            ]
            let isHead = exchange.head.method == .head
            request.stream(exchange, fields) { stream in
                // Only what is exported is written down.
                guard !isHead else {
                    _ = try exports.find(id, by: request.caller)
                    return
                }
                try await export(id, request.caller, to: stream)
            }
        } catch {
            exchange.refuse(error)
        }
    }

    private func export(
        _ id: String, _ caller: Caller, to stream: ResponseStream
    ) async throws {
        let first = try await exports.firstParts(of: exports.find(id, by: caller))
        let (user, time) = try await exports.begin(id, by: caller).commitWithoutKeepingAnswer()
        var text = "{\"exportedAt\":\"\(time.rfc3339)\",\"user\":\(JSON.text(UserBody(user)))"
        for (source, part) in zip(exports.sources, first) {
            try await stream.write(Array("\(text),\"\(source.name)\":{".utf8))
            try await export(user, from: source, part, to: stream)
            text = "}"
        }
        try await stream.write(Array("}}".utf8))
    }

    /// The lists of one service: each begins with the first part of a section.
    private func export(
        _ user: User, from source: UserExports.Source, _ first: ExportReply,
        to stream: ResponseStream
    ) async throws {
        var part = first
        var (section, isEmpty) = ("", true)
        while true {
            var text = ""
            if part.section != section {
                text = (section.isEmpty ? "" : "],") + "\"\(part.section)\":["
                (section, isEmpty) = (part.section, true)
            }
            for row in part.rows {
                text += (isEmpty ? "\n" : ",\n") + row
                isEmpty = false
            }
            try await stream.write(Array(text.utf8))
            guard let next = part.next else { break }
            part = try await exports.part(of: user, from: source, after: next)
        }
        try await stream.write(Array("]".utf8))
    }
}
