using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Juming.Platform.Access;
using Juming.Platform.Content;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Links;
using Juming.Platform.Modules;
using Juming.Platform.Notify;
using Juming.Site.Assets.Change;
using Juming.Site.Assets.Data;
using Juming.Site.Assets.Export;
using Juming.Site.Assets.Impact;
using Juming.Site.Assets.Import;
using Juming.Site.Assets.List;
using Juming.Site.Assets.Merge;
using Juming.Site.Assets.Open;
using Juming.Site.Assets.Register;
using Juming.Site.Assets.Sightings;
using Juming.Site.Assets.Software;
using Juming.Site.Assets.Tags;
using Juming.Site.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Assets;

/// <summary>Keeps the register of the site's machines: what logs say of them, and what people know of them.</summary>
public sealed class AssetsModule : Module
{
    private const int MostBytes = 5 * 1024 * 1024;

    /// <inheritdoc/>
    public override string Name => "assets";

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddSettings<AssetsSettings>("Modules:Assets");
        services.AddSingleton(p => new Networks(p.GetRequiredService<AssetsSettings>().Networks));
        services.AddSingleton<AssetIndex>().AddSingleton<IAssetDirectory>(p => p.GetRequiredService<AssetIndex>()).AddSingleton<AssetTurn>();
        services.AddSingleton(p => new Senders(source => p.GetRequiredService<ISourceDirectory>().MemoryOf(source).Address)).AddSingleton<AssetWatcher>().AddSingleton<IBatchMatcher>(p => p.GetRequiredService<AssetWatcher>());
        services.AddSingleton<SightingWriter>().AddHostedService(p => p.GetRequiredService<SightingWriter>());
        services.AddSingleton<SoftwareLook>().AddSingleton<SoftwareTurn>().AddSingleton<SoftwareWriter>();
        services.AddSingleton<ImpactSignal>().AddSingleton<ImpactTurn>().AddSingleton<ImpactDesk>().AddScoped<IContentTaker, VulnerabilityTaker>().AddScoped<TellImpact>().AddScoped<IImpact, ImpactCount>().AddHostedService<ImpactLoop>();
        services.AddSingleton(new NoticeKind(TellExploited.Code, typeof(ImpactTexts), Role.Analyst, Role.SecurityAdmin));
        services.AddSingleton<IFigures, AssetsFigures>().AddScoped<IAssetTags, AssetTags>().AddSingleton<IOwnAddresses, OwnAddresses>();
    }

    /// <inheritdoc/>
    public override IEnumerable<MenuItem> Menu =>
    [
        new("assets", "Assets", "/assets", AssetsRead.Code, 10, "asset", typeof(AssetsTexts)),
        new("assets", "Software", "/software", AssetsRead.Code, 11, "grid", typeof(ImpactTexts), "/assets"),
        new("assets", "Impact", "/impact", AssetsRead.Code, 17, "shield", typeof(ImpactTexts)),
    ];

    /// <inheritdoc/>
    public override IEnumerable<RecurringJob> Jobs => [new("assets-impact", "23 * * * *", (services, ct) => services.GetRequiredService<TellImpact>().Run(ct))];

    /// <inheritdoc/>
    public override void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapGet("", async (Sender sender, [AsParameters] AssetQuery query, CancellationToken ct) => (await sender.Send(query.ToRequest(), ct)).ToHttp()).Answers<AssetPage>("Assets, the last seen first, one page at a time.");
        routes.MapGet("{id:guid}", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new GetAsset(id), ct)).ToHttp()).Answers<AssetDossier>("One asset with its identities and users.");
        routes.MapPatch("{id:guid}", async (Sender sender, Guid id, AssetPatch patch, CancellationToken ct) => (await sender.Send(patch.ToCommand(id), ct)).ToHttp()).Answers<Done>("Changes what people know of an asset; what is absent stays as it is.");
        routes.MapPost("", async (Sender sender, EnterAsset asset, CancellationToken ct) => (await sender.Send(asset, ct)).ToHttp()).Answers<Guid>("Enters an asset by hand; answers with its identity.");
        routes.MapPost("tags", async (Sender sender, TagBody body, CancellationToken ct) => (await sender.Send(new TagAssets { Ids = body.Ids ?? [], Add = body.Add ?? [], Remove = body.Remove ?? [] }, ct)).ToHttp()).Answers<Done>("Sets tags of assets and takes others away; all or none.");
        routes.MapPost("merge", async (Sender sender, MergeAssets merge, CancellationToken ct) => (await sender.Send(merge, ct)).ToHttp()).Answers<Done>("Makes two assets one.");
        routes.MapPost("{id:guid}/unmerge", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new UndoMerge(id), ct)).ToHttp()).Answers<Done>("Takes a merge back.");
        Software(routes);
        Impact(routes.MapGroup("impact"));
        routes.MapGet("export", async (Sender sender, [AsParameters] AssetQuery query, CancellationToken ct) =>
        {
            var export = new ExportAssets(query.ToRequest());
            var first = await sender.Send(export, ct);
            return first.Error is { } error ? error.ToHttp() : Results.Stream(stream => AssetCsv.Write(stream, sender, export, first.Value, ct), "text/csv; charset=utf-8", "assets.csv");
        }).AnswersFile("All assets that fit, as a file that can be imported again.", "text/csv");
        routes.MapPost("import/preview", async (Sender sender, HttpRequest http, CancellationToken ct) =>
            await Content(http, ct) is { } content ? (await sender.Send(new PreviewImport(content), ct)).ToHttp() : AssetErrors.FileTooLarge.ToHttp())
            .Answers<ImportPreview>("Tells what an import would do, line by line, and does nothing.").Reads("A CSV file with a line of titles, UTF-8 or GB18030, at most 5 MiB.", "text/csv");
        routes.MapPost("import", async (Sender sender, HttpRequest http, CancellationToken ct) =>
            await Content(http, ct) is { } content ? (await sender.Send(new ImportAssets(content), ct)).ToHttp() : AssetErrors.FileTooLarge.ToHttp())
            .Answers<ImportOutcome>("Imports assets.").Reads("A CSV file with a line of titles, UTF-8 or GB18030, at most 5 MiB.", "text/csv");
        routes.MapPost("import/{id:guid}/undo", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new UndoImport(id), ct)).ToHttp()).Answers<UndoOutcome>("Takes an import back.");
    }

    private static void Software(IEndpointRouteBuilder routes)
    {
        routes.MapGet("software", async (Sender sender, [Description("Words within vendor, product, version or CPE"), StringLength(200)] string? text, [Description("Only what vulnerabilities concern")] bool? vulnerable, [Range(0, 10_000_000)] int? skip, [Range(1, 500)] int? limit, CancellationToken ct) =>
            (await sender.Send(new ListSoftware { Text = text, Vulnerable = vulnerable ?? false, Skip = skip ?? 0, Take = limit ?? 50 }, ct)).ToHttp()).Answers<SoftwarePage>("Versions of products on assets, by product.");
        routes.MapGet("software/export", async (Sender sender, [StringLength(200)] string? text, CancellationToken ct) =>
        {
            var export = new ExportSoftware(text);
            var first = await sender.Send(export, ct);
            return first.Error is { } error ? error.ToHttp() : Results.Stream(stream => SoftwareCsv.Write(stream, sender, export, first.Value, ct), "text/csv; charset=utf-8", "software.csv");
        }).AnswersFile("Software on assets, as a file that can be imported again.", "text/csv");
        routes.MapPost("software/import/preview", async (Sender sender, HttpRequest http, CancellationToken ct) =>
            await Content(http, ct) is { } content ? (await sender.Send(new PreviewSoftware(content), ct)).ToHttp() : AssetErrors.FileTooLarge.ToHttp())
            .Answers<SoftwarePreview>("Tells what an import of software would do, line by line, and does nothing.").Reads("A CSV file with a line of titles, UTF-8 or GB18030, at most 5 MiB.", "text/csv");
        routes.MapPost("software/import", async (Sender sender, HttpRequest http, CancellationToken ct) =>
            await Content(http, ct) is { } content ? (await sender.Send(new ImportSoftware(content), ct)).ToHttp() : AssetErrors.FileTooLarge.ToHttp())
            .Answers<ImportOutcome>("Imports software of assets.").Reads("A CSV file with a line of titles, UTF-8 or GB18030, at most 5 MiB.", "text/csv");
        routes.MapPost("software/import/{id:guid}/undo", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new UndoSoftwareImport(id), ct)).ToHttp()).Answers<UndoOutcome>("Takes an import of software back.");
        routes.MapGet("{id:guid}/software", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new ListAssetSoftware(id), ct)).ToHttp()).Answers<IReadOnlyList<AssetSoftware>>("Software of one asset, that which is there first.");
        routes.MapPost("{id:guid}/software", async (Sender sender, Guid id, SoftwareBody body, CancellationToken ct) => (await sender.Send(new AddSoftware(id, body.Vendor ?? "", body.Product ?? "", body.Version ?? "", body.Cpe ?? ""), ct)).ToHttp()).Answers<Guid>("Says that software is on an asset; answers with its identity.");
        routes.MapPost("{id:guid}/software/{software:guid}/remove", async (Sender sender, Guid id, Guid software, CancellationToken ct) => (await sender.Send(new RemoveSoftware(id, software), ct)).ToHttp()).Answers<Done>("Says that software is not on an asset.");
        routes.MapPost("{id:guid}/software/{software:guid}/restore", async (Sender sender, Guid id, Guid software, CancellationToken ct) => (await sender.Send(new RestoreSoftware(id, software), ct)).ToHttp()).Answers<Done>("Takes that back.");
    }

    private static void Impact(IEndpointRouteBuilder routes)
    {
        routes.MapGet("", async (Sender sender, [AsParameters] ImpactQuery query, CancellationToken ct) => (await sender.Send(query.ToRequest(), ct)).ToHttp()).Answers<ImpactPage>("Vulnerabilities that concern the site's software, known exploited ones first.");
        routes.MapGet("assets", async (Sender sender, [StringLength(200)] string? text, bool? exploited, Band? least, [Range(0, 10_000_000)] int? skip, [Range(1, 500)] int? limit, CancellationToken ct) =>
            (await sender.Send(new ListExposures { Text = text, Exploited = exploited ?? false, Least = least ?? Band.Unrated, Skip = skip ?? 0, Take = limit ?? 50 }, ct)).ToHttp()).Answers<ExposurePage>("Assets that vulnerabilities concern, the worst first.");
        routes.MapGet("assets/{id:guid}", async (Sender sender, Guid id, [Range(0, 10_000_000)] int? skip, [Range(1, 500)] int? limit, CancellationToken ct) => (await sender.Send(new ListImpactOfAsset(id, skip ?? 0, limit ?? 50), ct)).ToHttp()).Answers<AssetImpact>("Vulnerabilities that concern one asset, with the reasons.");
        routes.MapGet("export", async (Sender sender, [AsParameters] ImpactQuery query, CancellationToken ct) =>
        {
            var export = new ExportImpact(query.ToRequest());
            var first = await sender.Send(export, ct);
            return first.Error is { } error ? error.ToHttp() : Results.Stream(stream => ImpactCsv.Write(stream, sender, export, first.Value, ct), "text/csv; charset=utf-8", "impact.csv");
        }).AnswersFile("Vulnerabilities that fit, one line for each asset.", "text/csv");
        routes.MapPost("decide", async (Sender sender, DecideImpact decision, CancellationToken ct) => (await sender.Send(decision, ct)).ToHttp()).Answers<Done>("Says why a vulnerability does not concern assets, or mutes it.");
        routes.MapPost("undecide", async (Sender sender, UndecideImpact decision, CancellationToken ct) => (await sender.Send(decision, ct)).ToHttp()).Answers<Done>("Takes a decision back.");
        routes.MapGet("cve/{cve}", async (Sender sender, [StringLength(20)] string cve, [Range(0, 10_000_000)] int? skip, [Range(1, 500)] int? limit, CancellationToken ct) => (await sender.Send(new GetImpact(cve, skip ?? 0, limit ?? 50), ct)).ToHttp()).Answers<ImpactDossier>("One vulnerability with the assets that it concerns.");
    }

    /// <summary>The body, or null when it is longer than a file may be; reads no byte beyond.</summary>
    private static async Task<byte[]?> Content(HttpRequest http, CancellationToken ct)
    {
        if (http.ContentLength > MostBytes) return null;
        using var content = new MemoryStream();
        var buffer = new byte[65536];
        int read;
        while ((read = await http.Body.ReadAsync(buffer, ct)) > 0)
        {
            if (content.Length + read > MostBytes) return null;
            content.Write(buffer, 0, read);
        }
        return content.ToArray();
    }
}

/// <summary>Query of the list, as it stands in the address.</summary>
internal sealed record AssetQuery
{
    [Description("Text within names, addresses, owner or business"), StringLength(200)]
    public string? Text { get; init; }

    public AssetImportance? Importance { get; init; }

    [Description("Zone, whole"), StringLength(200)]
    public string? Zone { get; init; }

    public AssetOrigin? Origin { get; init; }

    [Description("One tag, whole"), StringLength(40)]
    public string? Tag { get; init; }

    [Description("Identity of a version of a product that is on it")]
    public Guid? Software { get; init; }

    [Description("Default: Active")]
    public AssetState? State { get; init; }

    [Description("seen (default), name, importance or new")]
    public string? Sort { get; init; }

    [Description("Rows passed over; the export has all"), Range(0, 10_000_000)]
    public int? Skip { get; init; }

    [Description("Rows of the page, 50 by default; the export has all"), Range(1, 500)]
    public int? Limit { get; init; }

    public ListAssets ToRequest() => new() { Text = Text, Importance = Importance, Zone = Zone, Origin = Origin, Tag = Tag, Software = Software, State = State ?? AssetState.Active, Sort = Sort ?? "seen", Skip = Skip ?? 0, Take = Limit ?? 50 };
}

/// <summary>Body of a PATCH; what is absent stays as it is.</summary>
internal sealed record AssetPatch(long? Version, string? Name, AssetImportance? Importance, string? Business, string? Zone, string? Owner, string? Note, bool? Retired)
{
    public ChangeAssets ToCommand(Guid id) => new() { Ids = [id], Version = Version, Name = Name, Importance = Importance, Business = Business, Zone = Zone, Owner = Owner, Note = Note, Retired = Retired };
}

/// <summary>Query of vulnerabilities, as it stands in the address.</summary>
internal sealed record ImpactQuery
{
    [Description("A CVE, or words of what it is"), StringLength(200)]
    public string? Text { get; init; }

    [Description("Default: Open")]
    public ImpactState? State { get; init; }

    [Description("Only known exploited ones")]
    public bool? Exploited { get; init; }

    [Description("No less grave than this")]
    public Band? Least { get; init; }

    [Range(0, 10_000_000)]
    public int? Skip { get; init; }

    [Range(1, 500)]
    public int? Limit { get; init; }

    public ListImpact ToRequest() => new() { Text = Text, State = State ?? ImpactState.Open, Exploited = Exploited ?? false, Least = Least ?? Band.Unrated, Skip = Skip ?? 0, Take = Limit ?? 50 };
}

/// <summary>Body of a statement about software.</summary>
internal sealed record SoftwareBody(string? Vendor, string? Product, string? Version, string? Cpe);

/// <summary>Body of a change of tags.</summary>
internal sealed record TagBody(IReadOnlyList<Guid>? Ids, IReadOnlyList<string>? Add, IReadOnlyList<string>? Remove);
