using Juming.Platform.Access;
using Juming.Platform.Content.Carry;
using Juming.Platform.Content.Keep;
using Juming.Platform.Content.Look;
using Juming.Platform.Content.Root;
using Juming.Platform.Content.Sign;
using Juming.Platform.Content.Sync;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Links;
using Juming.Platform.Modules;
using Juming.Platform.Notify;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Content;

/// <summary>Signed content that travels from the cloud down: what is trusted, where it lies, how it comes and goes on. Every tier has it.</summary>
public sealed class ContentModule : Module
{
    /// <inheritdoc/>
    public override string Name => "content";

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddSettings<ContentSettings>("Modules:Content");
        services.AddSingleton<BlobShelf>().AddSingleton<TrustBook>().AddSingleton<ContentReach>().AddSingleton<ContentUpdate>().AddSingleton<ContentStatus>().AddSingleton<ContentWatch>();
        services.AddSingleton<ContentDesk>().AddSingleton<IContent>(p => p.GetRequiredService<ContentDesk>()).AddSingleton<IBulkShelf>(p => p.GetRequiredService<ContentDesk>());
        services.AddSingleton<SigningKeys>().AddSingleton<Repository>().AddSingleton<Publisher>().AddSingleton<IContentPublisher>(p => p.GetRequiredService<Publisher>());
        services.AddSingleton(new NoticeKind(ContentWatch.RefusedNotice, typeof(ContentTexts), Role.SystemAdmin, Role.SecurityAdmin));
        services.AddSingleton(new NoticeKind(ContentWatch.StaleNotice, typeof(ContentTexts), Role.SystemAdmin, Role.SecurityAdmin));
        services.AddHostedService<Renewal>();
        services.AddHostedService<ContentUse>();
        services.AddHostedService<ContentLoop>();
        services.AddHostedService<OtherNodes>();
    }

    /// <inheritdoc/>
    public override IEnumerable<MenuItem> Menu => [new("admin", "Content", "/content", ContentRead.Code, 41, "guard", typeof(ContentTexts))];

    /// <inheritdoc/>
    public override void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapGet("", async (Sender sender, CancellationToken ct) => (await sender.Send(new DescribeContent(), ct)).ToHttp()).Answers<ContentView>("How signed content stands on this host.");
        routes.MapPost("trust", async (Sender sender, TrustBody body, CancellationToken ct) => (await sender.Send(new TrustRoot(body.Fingerprint ?? ""), ct)).ToHttp()).Answers<Done>("Vouches for the cloud by its fingerprint.");
        routes.MapGet("bundle", Export).AnswersFile("All content that is here as one file, for hosts that no link reaches.", "application/octet-stream");
    }

    private static async Task<IResult> Export(Sender sender, TierContext tier, CancellationToken ct)
    {
        var folder = Directory.CreateDirectory(Path.Combine(tier.DataFolder, "content", "partial")).FullName;
        var file = Path.Combine(folder, $"bundle-{Guid.CreateVersion7():N}");
        var written = await sender.Send(new ExportBundle(file), ct);
        if (written.Error is { } error) return error.ToHttp();
        var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 128 * 1024, FileOptions.Asynchronous | FileOptions.DeleteOnClose);
        return Results.File(stream, "application/octet-stream", "juming-content.bundle");
    }
}

/// <summary>Body of a fingerprint.</summary>
internal sealed record TrustBody(string? Fingerprint);
