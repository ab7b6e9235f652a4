import FoundationEssentials
import GatewayContract
import HTTPCore
import Kernel
import ServiceKit

/// The console (`Services/Console`): files that are read once, at start. A request can only name
/// what was found then, so no path leads out of the folder.
struct ConsoleFiles: Sendable {
    /// By their path below `/console/`; the page's is empty.
    private let files: [String: Response]

    /// Without a folder there is no console.
    init(folder: String?) {
        guard let folder else {
            files = [:]
            return
        }
        var files: [String: Response] = [:]
        for name in Self.names(in: folder) {
            let inner = Self.names(in: "\(folder)/\(name)").map { "\(name)/\($0)" }
            for path in [name] + inner {
                guard let type = Self.type(of: path),
                    let data = FileManager.default.contents(atPath: "\(folder)/\(path)")
                else { continue }
                files[path == Self.page ? "" : path] = Self.response(Array(data), type)
            }
        }
        self.files = files
    }

    /// Whether a folder has the console.
    static func exist(in folder: String) -> Bool {
        FileManager.default.isReadableFile(atPath: "\(folder)/\(page)")
    }

    var routes: [Route] {
        [
            .now(ConsoleRoutes.redirect) { _ in
                guard !files.isEmpty else { throw Self.isMissing }
                // Relative, so that it also holds below the path of a public URL.
                return Response(308, fields: [Response.Field("Location", "console/")])
            },
            .now(ConsoleRoutes.start) { _ in try file("") },
            .now(ConsoleRoutes.file) { try file(try $0.path("file")) },
            .now(ConsoleRoutes.nestedFile) {
                try file("\(try $0.path("folder"))/\(try $0.path("file"))")
            },
        ]
    }

    private func file(_ path: String) throws(Fault) -> Response {
        guard !files.isEmpty else { throw Self.isMissing }
        guard let file = files[path] else { throw Fault.notFound }
        return file
    }

    private static let page = "index.html"
    private static let isMissing = Fault(
        ProblemType.notFound, "The console isn't served here: set LATCHKEY_CONSOLE_DIR.")

    private static func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }

    /// nil for what isn't part of the console, such as its README.
    private static func type(of path: String) -> String? {
        switch path.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "svg": "image/svg+xml"
        default: nil
        }
    }

    /// Only our own files, and requests to our own origin. Scripts can't turn text into markup or
    /// code (Trusted Types), so data can't become a script.
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        + "require-trusted-types-for 'script'; trusted-types 'none'"

    private static func response(_ body: [UInt8], _ type: String) -> Response {
        Response(
            200,
            fields: [
                Response.Field("Content-Type", type),
                // Can be cached, but must be revalidated: an update changes it.
                Response.Field("Cache-Control", "no-cache"),
                Response.Field("Content-Security-Policy", policy),
                Response.Field("Referrer-Policy", "no-referrer"),
                Response.Field("X-Frame-Options", "DENY"),
                Response.Field("Cross-Origin-Opener-Policy", "same-origin"),
                Response.Field("Cross-Origin-Resource-Policy", "same-origin"),
                Response.Field("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
                Response.Field("X-Robots-Tag", "noindex"),
            ], body: body
        ).tagged
    }
}

extension Settings {
    /// The folder with the console's files; nil if there is none.
    mutating func consoleFolder() -> String? {
        let folder = text(
            "LATCHKEY_CONSOLE_DIR",
            "Folder with the files of the console, which is served at /console/; without one there "
                + "is no console")
        if let folder, !ConsoleFiles.exist(in: folder) {
            reject("LATCHKEY_CONSOLE_DIR", "must be a folder with index.html")
        }
        return folder
    }
}
