using System.Globalization;
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Juming.Platform.Http;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Juming.Platform.Notify.Channels.Senders;

/// <summary>Mail over SMTP submission. A password never goes over a connection that is not encrypted.</summary>
internal sealed class EmailSender(GuardedConnections connections, IOutboundLedger ledger) : IChannelSender
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly Reach Reach = new(Destinations.Configured);

    public ChannelKind Kind => ChannelKind.Email;

    public async Task<SendOutcome> Send(ChannelCall call, CancellationToken ct)
    {
        var password = call.Secrets.GetValueOrDefault("password") ?? "";
        if (call.Settings["security"] == "None" && password.Length > 0) return SendOutcome.Refused("password-in-clear", null);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Longest);
        using var mail = EmailMessage.Of(call);
        try
        {
            return SendOutcome.Sent(await Submit(call, password, mail, limit.Token));
        }
        catch (CallFailedException e)
        {
            return MessengerHttp.Of(e);
        }
        catch (SmtpCommandException e)
        {
            var said = string.Create(CultureInfo.InvariantCulture, $"{(int)e.StatusCode} {e.Message}");
            if ((int)e.StatusCode < 500) return SendOutcome.Later("mail-later", said);
            return SendOutcome.Refused(e.ErrorCode == SmtpErrorCode.RecipientNotAccepted ? "receiver-unknown" : "mail-refused", said);
        }
        catch (MailKit.Security.AuthenticationException e)
        {
            return SendOutcome.Refused("credentials", e.Message);
        }
        catch (Exception e) when (e is SslHandshakeException or System.Security.Authentication.AuthenticationException)
        {
            return SendOutcome.Later("tls", e.InnerException?.Message ?? e.Message);
        }
        catch (NotSupportedException e)
        {
            return SendOutcome.Refused("mail-no-tls", e.Message);
        }
        catch (Exception e) when (e is IOException or SmtpProtocolException or MailKit.ServiceNotConnectedException)
        {
            return SendOutcome.Later("broken", e.Message);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return SendOutcome.Later("timed-out", null);
        }
    }

    private async Task<string> Submit(ChannelCall call, string password, MimeMessage mail, CancellationToken ct)
    {
        var (host, port) = (call.Settings["host"], int.Parse(call.Settings["port"], CultureInfo.InvariantCulture));
        var pinned = (call.Settings.GetValueOrDefault("certificate") ?? "").Replace(":", "", StringComparison.Ordinal);
        using var client = new SmtpClient
        {
            // A host without the Internet could reach no list of revoked certificates, and mail would stop with it.
            CheckCertificateRevocation = false,
            SslProtocols = SslProtocols.None,
            ServerCertificateValidationCallback = (_, certificate, _, errors) =>
                pinned.Length > 0 ? certificate?.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256).Equals(pinned, StringComparison.OrdinalIgnoreCase) == true : errors == System.Net.Security.SslPolicyErrors.None,
        };
        var addresses = await connections.Check(host, port, Reach, ct);
        await Enter(call, mail, GuardedConnections.Shown(host, port), GuardedConnections.PlaceOf(addresses), ct);
        await using var stream = await GuardedConnections.Connect(host, port, addresses, ct);
        var security = call.Settings["security"] switch { "Implicit" => SecureSocketOptions.SslOnConnect, "None" => SecureSocketOptions.None, _ => SecureSocketOptions.StartTls };
        await client.ConnectAsync(stream, host, port, security, ct);
        if (password.Length > 0) await client.AuthenticateAsync(new NetworkCredential(call.Settings.GetValueOrDefault("user") ?? "", password), ct);
        var said = await client.SendAsync(mail, ct);
        await client.DisconnectAsync(true, ct);
        return said;
    }

    private async Task Enter(ChannelCall call, MimeMessage mail, string destination, OutboundPlace place, CancellationToken ct)
    {
        var sent = await Bytes(mail, ct);
        ReadOnlyMemory<byte>? kept = null;
        if (OneTimeLinks.Covered(call.Message) is { } covered)
        {
            using var harmless = EmailMessage.Of(call with { Message = covered });
            kept = await Bytes(harmless, ct);
        }
        await ledger.EnterOrFail(new OutboundEntry(true, "notify", destination, place, call.Message.Subject, sent.Length, sent, kept), ct);
    }

    private static async Task<byte[]> Bytes(MimeMessage mail, CancellationToken ct)
    {
        using var bytes = new MemoryStream();
        await mail.WriteToAsync(bytes, ct);
        return bytes.ToArray();
    }
}
