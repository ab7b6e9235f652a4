import Glibc
import Synchronization

/// Ports for what a test starts later or not at all, below the range from which the kernel gives
/// ports to clients and to servers without one of their own: what is restarted finds its port free,
/// and nobody else answers where nobody should.
public enum Ports {
    /// Runs beside this one begin elsewhere.
    private static let count = Atomic(Int(getpid()) * 97)

    /// A port that nobody listens on, and that no other test of this run gets.
    public static func next() -> UInt16 {
        while true {
            let number = count.add(1, ordering: .relaxed).newValue
            let port = UInt16(20_000 + number % 12_000)
            if isFree(port) { return port }
        }
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(fd) }
        var one: Int32 = 1
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
