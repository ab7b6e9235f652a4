import Foundation
import TestSupport
import Testing

/// Clients that are generated from the document, against the running system.
@Suite(.serialized) struct ClientTests {
    @Test(
        .enabled(
            if: Venv.has("openapi-python-client"),
            "deploy/test installs the generators into .build/venv"))
    func `generated clients have sound types, and play a platform's day`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        let folder = stack.folder.path + "/clients"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let tried = try await Program.run(
            Venv.folder + "python",
            [
                Venv.root + "/deploy/lib/clients.py", "http://127.0.0.1:\(stack.gatewayPort)",
                stack.adminToken, folder,
            ])
        #expect(tried.status == 0, "\(tried.output)")
        await stack.killAll()
    }
}
