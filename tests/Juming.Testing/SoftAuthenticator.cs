using System.Buffers.Binary;
using System.Buffers.Text;
using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Juming.Testing;

/// <summary>An authenticator with one passkey, in software (WebAuthn 3, 6): answers what the host offers, rightly or with one thing wrong.</summary>
public sealed class SoftAuthenticator(string origin) : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>Identity of the passkey.</summary>
    public byte[] CredentialId { get; init; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>Signatures made so far; every answer counts one on.</summary>
    public uint Count { get; set; }

    /// <summary>The account that the passkey was made for.</summary>
    public string UserHandle { get; set; } = "";

    /// <summary>Finger, face or PIN was asked.</summary>
    public bool Verifies { get; set; } = true;

    /// <summary>Where the browser says it is.</summary>
    public string Origin { get; set; } = origin;

    /// <summary>Answers an offer of a new passkey.</summary>
    public string Create(string options)
    {
        using var asked = JsonDocument.Parse(options);
        UserHandle = asked.RootElement.GetProperty("user").GetProperty("id").GetString()!;
        var cbor = new CborWriter(CborConformanceMode.Ctap2Canonical);
        cbor.WriteStartMap(3);
        cbor.WriteTextString("fmt");
        cbor.WriteTextString("none");
        cbor.WriteTextString("attStmt");
        cbor.WriteStartMap(0);
        cbor.WriteEndMap();
        cbor.WriteTextString("authData");
        cbor.WriteByteString([.. AuthenticatorData(asked.RootElement.GetProperty("rp").GetProperty("id").GetString()!, 0x40), .. new byte[16], 0, (byte)CredentialId.Length, .. CredentialId, .. PublicKey()]);
        cbor.WriteEndMap();
        return Answer(new { clientDataJSON = Text(ClientData("webauthn.create", asked)), attestationObject = Text(cbor.Encode()), transports = new[] { "internal", "made-up" } });
    }

    /// <summary>Answers an offer to prove who it is.</summary>
    public string Prove(string options)
    {
        using var asked = JsonDocument.Parse(options);
        Count++;
        var data = AuthenticatorData(asked.RootElement.GetProperty("rpId").GetString()!, 0);
        var client = ClientData("webauthn.get", asked);
        var signature = _key.SignData([.. data, .. SHA256.HashData(client)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return Answer(new { clientDataJSON = Text(client), authenticatorData = Text(data), signature = Text(signature), userHandle = UserHandle });
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    private static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);

    private string Answer(object response) => JsonSerializer.Serialize(new { id = Text(CredentialId), rawId = Text(CredentialId), type = "public-key", clientExtensionResults = new { }, response });

    private byte[] ClientData(string type, JsonDocument asked) =>
        Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { type, challenge = asked.RootElement.GetProperty("challenge").GetString(), origin = Origin, crossOrigin = false }));

    private byte[] AuthenticatorData(string host, byte flags)
    {
        var count = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(count, Count);
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(host)), (byte)(flags | 0x01 | (Verifies ? 0x04 : 0)), .. count];
    }

    private byte[] PublicKey()
    {
        var key = _key.ExportParameters(false);
        var cbor = new CborWriter(CborConformanceMode.Ctap2Canonical);
        cbor.WriteStartMap(5);
        foreach (var (label, value) in new[] { (1, 2), (3, -7), (-1, 1) })
        {
            cbor.WriteInt32(label);
            cbor.WriteInt32(value);
        }
        cbor.WriteInt32(-2);
        cbor.WriteByteString(key.Q.X!);
        cbor.WriteInt32(-3);
        cbor.WriteByteString(key.Q.Y!);
        cbor.WriteEndMap();
        return cbor.Encode();
    }
}
