using System.Globalization;
using Juming.Hosting;
using Juming.Platform.Modules;

namespace Juming.Operations;

/// <summary>The certificate of console and API is valid for some time yet.</summary>
internal sealed class CertificateReadiness(IConfiguration configuration, TierContext tier, TimeProvider clock) : IReadiness
{
    private const int SoonDays = 30;

    public string Name => "certificate";

    public Task<ReadinessReport> Look(CancellationToken ct)
    {
        var web = configuration.GetSection("Web").Get<WebSettings>() ?? new WebSettings();
        var own = web.CertificateFile.Length == 0;
        if (own && tier.Offline && !File.Exists(Path.Combine(tier.DataFolder, OwnCertificate.FileName))) return Report(ReadinessLevel.Good, "A certificate is made at the first start.", null);
        using var certificate = CertificateFile.Load(web, tier.DataFolder);
        var left = (certificate.NotAfter.ToUniversalTime() - clock.GetUtcNow().UtcDateTime).TotalDays;
        var text = string.Create(CultureInfo.InvariantCulture, $"{(own ? "The host's own certificate" : "The certificate")} is valid until {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd} ({Math.Floor(left)} days).");
        var advice = own ? "A restart makes a new one." : "Renew the file of Web:CertificateFile and restart.";
        return left <= 0 ? Report(ReadinessLevel.Bad, text, advice) : left <= SoonDays ? Report(ReadinessLevel.Warning, text, advice) : Report(ReadinessLevel.Good, text, null);
    }

    private static Task<ReadinessReport> Report(ReadinessLevel level, string text, string? advice) => Task.FromResult(new ReadinessReport(level, text, advice));
}
