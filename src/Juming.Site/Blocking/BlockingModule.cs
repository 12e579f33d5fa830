using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Modules;
using Juming.Platform.Notify;
using Juming.Site.Assets;
using Juming.Site.Blocking.Blocks;
using Juming.Site.Blocking.Drive;
using Juming.Site.Blocking.Import;
using Juming.Site.Blocking.Limits;
using Juming.Site.Blocking.List;
using Juming.Site.Blocking.Protected;
using Juming.Site.Blocking.Protection;
using Juming.Site.Blocking.Wide;
using Juming.Site.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Blocking;

/// <summary>One block list over all devices: what may never be blocked, what is, and that it ends.</summary>
public sealed class BlockingModule : Module
{
    /// <inheritdoc/>
    public override string Name => "blocking";

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddSettings<BlockingSettings>("Modules:Blocking");
        services.AddSingleton(p => new OwnAddresses(p.GetService<AssetsSettings>(), p.GetService<ISourceDirectory>(), p.GetServices<IProtectedSource>()));
        services.AddSingleton<ProtectedTurn>().AddSingleton<ProtectedBook>().AddSingleton<IProtectedAddresses>(p => p.GetRequiredService<ProtectedBook>()).AddSingleton<RefusalBook>();
        services.AddSingleton<BlockTurn>().AddSingleton<DeviceBook>().AddSingleton<DeviceOrders>().AddSingleton<IBlockList, BlockList>();
        services.AddScoped<DeviceChoice>().AddScoped<BlockDesk>().AddScoped<DeviceStep>().AddScoped<DeviceSweep>().AddScoped<CircuitBreaker>();
        foreach (var code in new[] { "blocking.protected-refused", "blocking.device-needs-person", "blocking.breaker-opened" }) services.AddSingleton(new NoticeKind(code, typeof(BlockingTexts), Role.Analyst, Role.SecurityAdmin));
        services.AddSingleton<WideWishes>().AddHostedService(p => p.GetRequiredService<WideWishes>());
        services.AddSingleton<BlockDriver>().AddHostedService(p => p.GetRequiredService<BlockDriver>());
    }

    /// <inheritdoc/>
    public override IEnumerable<MenuItem> Menu =>
    [
        new("response", "BlockList", "/blocks", BlockingRead.Code, 45, "block", typeof(BlockingTexts)),
        new("response", "Protected", "/protected", BlockingRead.Code, 46, "guard", typeof(BlockingTexts), "/blocks"),
    ];

    /// <inheritdoc/>
    public override void MapEndpoints(IEndpointRouteBuilder routes)
    {
        MapBlocks(routes);
        MapProtected(routes);
        routes.MapGet("automation", async (Sender sender, CancellationToken ct) => (await sender.Send(new GetAutomation(), ct)).ToHttp()).Answers<Automation>("Whether automation may block.");
        routes.MapPost("automation/pause", async (Sender sender, CancellationToken ct) => (await sender.Send(new PauseAutomation(), ct)).ToHttp()).Answers<Done>("The emergency stop: nothing is blocked without a person any more.");
        routes.MapPost("automation/resume", async (Sender sender, CancellationToken ct) => (await sender.Send(new ResumeAutomation(), ct)).ToHttp()).Answers<Done>("Lets automation go on.");
    }

    private static void MapBlocks(IEndpointRouteBuilder routes)
    {
        routes.MapGet("", async (Sender sender, [AsParameters] BlockQuery query, CancellationToken ct) => (await sender.Send(query.ToRequest(), ct)).ToHttp()).Answers<BlockPage>("Blocks, the latest first, one page at a time.");
        routes.MapGet("{id:guid}", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new GetBlock(id), ct)).ToHttp()).Answers<BlockDossier>("One block and how it stands on each device.");
        routes.MapPost("", async (Sender sender, BlockAddress block, CancellationToken ct) => (await sender.Send(block, ct)).ToHttp()).Answers<Guid>("Blocks an address or range; answers with the entry's identity. The same key again answers the same.");
        routes.MapPost("forecast", async (Sender sender, ForeseeAddress block, CancellationToken ct) => (await sender.Send(block, ct)).ToHttp()).Answers<BlockForecast>("What blocking an address would do, without doing it.");
        routes.MapGet("devices", async (Sender sender, CancellationToken ct) => (await sender.Send(new ListBlockDevices(), ct)).ToHttp()).Answers<IReadOnlyList<BlockDevice>>("Devices that can block, and those that can't at present with the reason.");
        routes.MapPost("wide", async (Sender sender, AskWide wish, CancellationToken ct) => (await sender.Send(wish, ct)).ToHttp()).Answers<Guid>("Asks a second person to let a range be blocked that is wider than one may block alone; answers with the wish's identity. The same key again answers the same.");
        routes.MapGet("wide", async (Sender sender, CancellationToken ct) => (await sender.Send(new ListWide(), ct)).ToHttp()).Answers<IReadOnlyList<WideWish>>("Wishes for wide ranges that wait for a second person, and those that were decided within the last day.");
        routes.MapPost("{id:guid}/lift", async (Sender sender, Guid id, LiftBody body, CancellationToken ct) => (await sender.Send(new LiftBlock(id, body.Reason ?? ""), ct)).ToHttp()).Answers<Guid>("Takes a block away from all its devices.");
        routes.MapPost("{id:guid}/extend", async (Sender sender, Guid id, ExtendBody body, CancellationToken ct) => (await sender.Send(new ExtendBlock(id, body.Minutes), ct)).ToHttp()).Answers<Done>("Lets a block end later.");
        routes.MapPost("{id:guid}/retry", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new RetryBlock(id), ct)).ToHttp()).Answers<Done>("Tries again where a device failed, and puts back what vanished.");
        routes.MapPost("{id:guid}/check", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new CheckBlock(id), ct)).ToHttp()).Answers<Done>("Reads the devices now.");
        routes.MapGet("export", async (Sender sender, [AsParameters] BlockQuery query, CancellationToken ct) => File(await sender.Send(new ExportBlocks(query.ToRequest()), ct), "blocks.csv")).AnswersFile("Blocks that fit, as a file that can be imported again.", "text/csv");
        routes.MapPost("import/preview", async (Sender sender, HttpRequest http, CancellationToken ct) => await Content(http, ct) is { } content ? (await sender.Send(new PreviewBlocks(content), ct)).ToHttp() : BlockingErrors.FileTooLarge.ToHttp())
            .Answers<FilePreview>("Tells what an import would do, line by line, and does nothing.").Reads("A plain list with one target a line, or CSV with target, reason and minutes; at most 1 MiB and 2,000 lines.", "text/csv", "text/plain");
        routes.MapPost("import", async (Sender sender, HttpRequest http, [AsParameters] ImportQuery query, CancellationToken ct) =>
            await Content(http, ct) is { } content ? (await sender.Send(new ImportBlocks(content, query.Reason ?? "", query.Minutes, query.Group), ct)).ToHttp() : BlockingErrors.FileTooLarge.ToHttp())
            .Answers<ImportOutcome>("Blocks the good lines of a file.").Reads("A plain list with one target a line, or CSV with target, reason and minutes; at most 1 MiB and 2,000 lines.", "text/csv", "text/plain");
    }

    private static void MapProtected(IEndpointRouteBuilder routes)
    {
        routes.MapGet("protected", async (Sender sender, [AsParameters] ProtectedQuery query, CancellationToken ct) => (await sender.Send(query.ToRequest(), ct)).ToHttp()).Answers<ProtectedRanges>("What is protected: entries of people, and what the program knows by itself.");
        routes.MapPost("protected", async (Sender sender, Protect entry, CancellationToken ct) => (await sender.Send(entry, ct)).ToHttp()).Answers<Guid>("Protects an address or range; answers with the entry's identity.");
        routes.MapPut("protected/{id:guid}", async (Sender sender, Guid id, ProtectedBody body, CancellationToken ct) => (await sender.Send(new ChangeProtected(id, body.Version, body.Kind, body.Note ?? "", body.Until), ct)).ToHttp()).Answers<Done>("Changes a protected entry; its range stays.");
        routes.MapDelete("protected/{id:guid}", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new Unprotect(id), ct)).ToHttp()).Answers<Done>("Protects a range no longer.");
        routes.MapGet("protected/export", async (Sender sender, CancellationToken ct) => File(await sender.Send(new ExportProtected(), ct), "protected.csv")).AnswersFile("The entries of people, as a file that can be imported again.", "text/csv");
        routes.MapPost("protected/import/preview", async (Sender sender, HttpRequest http, CancellationToken ct) => await Content(http, ct) is { } content ? (await sender.Send(new PreviewProtected(content), ct)).ToHttp() : BlockingErrors.FileTooLarge.ToHttp())
            .Answers<FilePreview>("Tells what an import would do, line by line, and does nothing.").Reads("CSV with range, kind, note and until, or a plain list of ranges; at most 1 MiB and 2,000 lines.", "text/csv", "text/plain");
        routes.MapPost("protected/import", async (Sender sender, HttpRequest http, CancellationToken ct) => await Content(http, ct) is { } content ? (await sender.Send(new ImportProtected(content), ct)).ToHttp() : BlockingErrors.FileTooLarge.ToHttp())
            .Answers<ImportOutcome>("Takes over the good lines of a file.").Reads("CSV with range, kind, note and until, or a plain list of ranges; at most 1 MiB and 2,000 lines.", "text/csv", "text/plain");
    }

    private static IResult File(Result<byte[]> written, string name) => written.Error is { } error ? error.ToHttp() : Results.File(written.Value, "text/csv; charset=utf-8", name);

    /// <summary>The body, or null when it is longer than a file may be; reads no byte beyond.</summary>
    private static async Task<byte[]?> Content(HttpRequest http, CancellationToken ct)
    {
        if (http.ContentLength > ListFile.MostBytes) return null;
        using var content = new MemoryStream();
        var buffer = new byte[65536];
        int read;
        while ((read = await http.Body.ReadAsync(buffer, ct)) > 0)
        {
            if (content.Length + read > ListFile.MostBytes) return null;
            content.Write(buffer, 0, read);
        }
        return content.ToArray();
    }
}

/// <summary>Query of the block list, as it stands in the address.</summary>
internal sealed record BlockQuery
{
    [Description("Text within targets, reasons or names"), StringLength(200)]
    public string? Text { get; init; }

    public BlockState? State { get; init; }

    [Description("active (default), trouble, over or all")]
    public string? View { get; init; }

    [Description("On this device")]
    public Guid? Device { get; init; }

    [Description("since (default), until or target")]
    public string? Sort { get; init; }

    [Description("Rows passed over; the export has all"), Range(0, 10_000_000)]
    public int? Skip { get; init; }

    [Description("Rows of the page, 50 by default; the export has all"), Range(1, 500)]
    public int? Limit { get; init; }

    public ListBlocks ToRequest() => new() { Text = Text, State = State, View = View ?? "active", Device = Device, Sort = Sort ?? "since", Skip = Skip ?? 0, Take = Limit ?? 50 };
}

/// <summary>Query of the protected list.</summary>
internal sealed record ProtectedQuery
{
    [Description("Text within ranges, notes or names; an address finds the ranges that hold it"), StringLength(300)]
    public string? Text { get; init; }

    [Description("One kind"), StringLength(30)]
    public string? Kind { get; init; }

    [Description("Rows passed over"), Range(0, 10_000_000)]
    public int? Skip { get; init; }

    [Description("Rows of the page, 50 by default"), Range(1, 500)]
    public int? Limit { get; init; }

    public ListProtected ToRequest() => new() { Text = Text, Kind = Kind, Skip = Skip ?? 0, Take = Limit ?? 50 };
}

/// <summary>What holds for all lines of an import that do not say it themselves.</summary>
internal sealed record ImportQuery
{
    [Description("Why"), StringLength(500)]
    public string? Reason { get; init; }

    [Description("How long; the step of the offence when left out"), Range(1, 525_600)]
    public int? Minutes { get; init; }

    [Description("Group of devices; all when left out"), StringLength(200)]
    public string? Group { get; init; }
}

/// <summary>Body of a lift.</summary>
internal sealed record LiftBody(string? Reason);

/// <summary>Body of an extension.</summary>
internal sealed record ExtendBody(int Minutes);

/// <summary>Body of a change of a protected entry.</summary>
internal sealed record ProtectedBody(long Version, string Kind, string? Note, DateTimeOffset? Until);
