import EventLoop
import Foundation
import ObjectStorage
import TestSupport
import Testing

/// The check of a bucket against a third-party storage.
@Suite(.serialized, .enabled(if: MotoServer.isInstalled, MotoServer.reason))
struct StorageProofTests {
    private static func proof(
        deadline: Int = 8_000,
        _ lookUp: @escaping @Sendable (String) -> [IPAddress] = HostLookup.addresses
    ) -> BucketProof {
        var options = BucketProof.Options()
        options.allowsPrivate = true
        options.hidesPrivate = false
        options.deadlineMilliseconds = deadline
        return BucketProof(options, lookUp: lookUp)
    }

    /// The result of a check; nil if the bucket works.
    private static func failure(
        _ bucket: S3Bucket, _ proof: BucketProof = proof()
    ) async -> StorageFailure? {
        do throws(StorageFailure) {
            try await proof.prove(bucket)
            return nil
        } catch {
            return error
        }
    }

    @Test func `valid credentials pass, and the check leaves nothing behind`() async throws {
        let moto = try await MotoServer()
        #expect(await Self.failure(moto.bucket(as: .good)) == nil)
        #expect(await Self.failure(moto.bucket(as: .admin)) == nil)
        #expect(try await moto.objects() == [])
    }

    @Test func `each configuration error of a bucket has its own code`() async throws {
        let moto = try await MotoServer()
        let secret = String(moto.key(.good).secret.reversed())
        #expect(await Self.failure(moto.bucket(as: .good, secret: secret)) == .signature)
        let id = "AKIAIOSFODNN7EXAMPLE"
        #expect(await Self.failure(moto.bucket(as: .good, id: id)) == .accessKey)
        #expect(await Self.failure(moto.bucket(as: .admin, bucket: "others")) == .bucket)
        #expect(try await moto.objects() == [])
    }

    @Test func `a missing permission is named`() async throws {
        let moto = try await MotoServer()
        #expect(await Self.failure(moto.bucket(as: .reader)) == .permission(.write))
        #expect(await Self.failure(moto.bucket(as: .blind)) == .permission(.read))
        #expect(try await moto.objects() == [])
        #expect(await Self.failure(moto.bucket(as: .keeper)) == .permission(.delete))
        let left = try await moto.objects()
        #expect(left.count == 1)
        #expect(left.allSatisfy { $0.hasPrefix(".latchkey-check/") })
    }

    /// `StorageConfigTests` checks trusted certificates, in another process: this one can't change
    /// what it trusts.
    @Test func `over TLS an untrusted certificate is refused`() async throws {
        let moto = try await MotoServer()
        let bucket = moto.bucket(as: .good, endpoint: moto.secureEndpoint)
        #expect(await Self.failure(bucket) == .tls)
        #expect(try await moto.objects() == [])
    }

    @Test func `the check of an address without storage names what went wrong`() async throws {
        let moto = try await MotoServer()
        let nowhere = moto.bucket(as: .good, endpoint: "https://storage.invalid")
        #expect(await Self.failure(nowhere) == .dns)
        let closed = moto.bucket(as: .good, endpoint: "http://127.0.0.1:\(Ports.next())")
        #expect(await Self.failure(closed) == .unreachable)
        #expect(
            await Self.failure(moto.bucket(as: .good), BucketProof()) == .forbiddenAddress)

        let silent = RawServer { connection, _ in pauseThread(milliseconds: 20_000) }
        for scheme in ["http", "https"] {
            let begin = Date()
            let bucket = moto.bucket(as: .good, endpoint: "\(scheme)://127.0.0.1:\(silent.port)")
            #expect(await Self.failure(bucket, Self.proof(deadline: 1_000)) == .timeout)
            // Sooner than the server gives up.
            #expect(Date().timeIntervalSince(begin) < 10)
        }
    }
}
