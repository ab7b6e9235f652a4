import Foundation
import TestSupport

/// An edge gateway of a stack, as a process.
final class LiveEdge {
    let port = Ports.next()
    private let internalPort = Ports.next()
    let process: RunningProcess

    init(_ name: String, of stack: LiveStack) throws {
        process = try RunningProcess(
            "gateway",
            stack.environment(
                port,
                [
                    "LATCHKEY_PRIMARY_URL": "http://127.0.0.1:\(stack.internalPort)",
                    "LATCHKEY_INTERNAL_PORT": "\(internalPort)",
                    "LATCHKEY_DATA_DIR": stack.folder.path + "/never",
                ]), log: URL(fileURLWithPath: "\(stack.folder.path)/\(name).log"))
    }

    var api: APIClient { APIClient(port: port) }

    func ready(_ stack: LiveStack) async throws { try await stack.ready(internalPort) }
}
