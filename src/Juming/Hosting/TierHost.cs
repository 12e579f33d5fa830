using System.Security.Cryptography.X509Certificates;
using Juming.Operations;
using Juming.Platform.Data;
using Juming.Platform.Modules;
using Juming.Platform.Web;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Options;
using Serilog;

namespace Juming.Hosting;

/// <summary>Builds one host: one tier with its own services, settings, data folder, database, accounts and port.</summary>
public static class TierHost
{
    /// <summary>How long a stop may take until what is not written is given up.</summary>
    public static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(50);

    /// <summary>Builds the host; nothing listens until it is started.</summary>
    /// <exception cref="SettingsException">A setting is unknown or out of range.</exception>
    public static WebApplication Build(TierOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "juming", ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseStaticWebAssets();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(SettingsSources.Read(options));
        Settings.CheckEnabled(builder.Configuration, options.Tier.Modules);
        var context = new TierContext(options.Tier, options.DataFolder, options.Offline);
        builder.Services.AddSettings<WebSettings>("Web").AddSettings<LogSettings>("Log");
        builder.Services.AddTier(context, builder.Configuration);
        builder.Services.AddSingleton<IHostCertificate, HostCertificate>().AddSingleton<IReadiness, CertificateReadiness>().AddSingleton<IReadiness, ClockReadiness>();
        if (options.Offline) builder.Services.AddSingleton<IServer, NoServer>();
        else
        {
            Shell.ShellServices.Add(builder.Services);
            builder.Services.AddHostedService<AdminSocket>();
        }
        options.Services?.Invoke(builder.Services);
        CheckSettings(builder.Configuration, builder.Services, options);
        SiteZone.Use(ZoneOf(builder.Configuration));
        AddLogs(builder, options);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = LongestStop);
        if (!options.Offline) Listen(builder, options);
        builder.Host.UseDefaultServiceProvider(provider => (provider.ValidateOnBuild, provider.ValidateScopes) = (true, true));
        var app = Wire(builder, options);
        SchemaUpgrade.Run(app.Services.GetRequiredService<Database>(), PlatformServices.Assemblies(options.Tier.Modules), modules: [.. options.Tier.Modules.Select(m => m.Name)]);
        if (!options.Offline) Shell.ShellServices.Map(app);
        return app;
    }

    /// <summary>The database that the settings name, without a host.</summary>
    /// <exception cref="SettingsException">A setting is unknown or out of range.</exception>
    public static Database DatabaseOf(TierOptions options)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(SettingsSources.Read(options)).Build();
        CheckSettings(configuration, new ServiceCollection().AddSettings<WebSettings>("Web").AddSettings<LogSettings>("Log").AddSettings<DatabaseSettings>("Database").AddSettings<Platform.Http.OutboundSettings>("Outbound"), options);
        return Database.From(configuration.GetSection("Database").Get<DatabaseSettings>() ?? new DatabaseSettings(), options.DataFolder);
    }

    // A name that is no zone's has been refused, or is when its host is built.
    private static TimeZoneInfo ZoneOf(IConfiguration configuration) => SiteZone.Find(configuration["Web:Zone"] ?? SiteZone.Default) ?? TimeZoneInfo.Utc;

    /// <summary>Hosts of one process must not meet in one database: their tables have the same names. They show times in one zone.</summary>
    /// <exception cref="SettingsException">Two of them name the same.</exception>
    public static void CheckApart(IReadOnlyList<TierOptions> hosts)
    {
        if (hosts.Count < 2) return;
        var zones = hosts.Select(h => ZoneOf(new ConfigurationBuilder().AddInMemoryCollection(SettingsSources.Read(h)).Build()).Id).Distinct().ToList();
        if (zones.Count > 1) throw new SettingsException("Web:Zone", $"the hosts of one process show times in one zone, and these name {string.Join(" and ", zones)}", "the same zone for each tier");
        var twice = hosts.Select(h => (Host: h, Database: DatabaseOf(h))).Where(d => d.Database.IsPostgres).GroupBy(d => d.Database.Place).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null)
            throw new SettingsException("Database:ConnectionString", $"the tiers {string.Join(" and ", twice.Select(t => t.Host.Tier.Name))} name the same database", "a database of its own for each tier");
    }

    /// <summary>Every section that the tier knows; those of modules that are left out too, for their settings keep while they are.</summary>
    private static void CheckSettings(IConfiguration configuration, IServiceCollection services, TierOptions options)
    {
        var all = new ServiceCollection();
        foreach (var module in options.Tier.Modules) module.AddServices(all, configuration.GetSection("Modules:" + module.Name));
        var sections = services.Concat(all).Where(s => s.ServiceType == typeof(SettingsSection)).Select(s => (SettingsSection)s.ImplementationInstance!).Distinct().ToList();
        Settings.Check(configuration, sections, [.. options.Tier.Modules.Select(m => m.Name)]);
    }

    private static WebApplication Wire(WebApplicationBuilder builder, TierOptions options)
    {
        var left = options.Tier.Modules.Where(m => !Settings.IsEnabled(builder.Configuration, m)).Select(m => m.Name).ToList();
        try
        {
            return builder.Build();
        }
        catch (AggregateException) when (left.Count > 0)
        {
            throw new SettingsException($"Modules:{left[0]}:Enabled", $"another module can't do without {string.Join(", ", left)}", "true");
        }
    }

    private static void AddLogs(WebApplicationBuilder builder, TierOptions options)
    {
        var settings = builder.Configuration.GetSection("Log").Get<LogSettings>() ?? new LogSettings();
        var level = settings.Level switch
        {
            LogLevel.Trace => Serilog.Events.LogEventLevel.Verbose,
            LogLevel.Debug => Serilog.Events.LogEventLevel.Debug,
            LogLevel.Warning => Serilog.Events.LogEventLevel.Warning,
            LogLevel.Error => Serilog.Events.LogEventLevel.Error,
            LogLevel.Critical or LogLevel.None => Serilog.Events.LogEventLevel.Fatal,
            _ => Serilog.Events.LogEventLevel.Information,
        };
        var logs = new LoggerConfiguration()
            // Who starts the host says why it did not start; a trace beside that sentence would bury it.
            .Filter.ByExcluding(e => e.MessageTemplate.Text == "Hosting failed to start")
            .MinimumLevel.Is(level)
            .MinimumLevel.Override("Microsoft", Serilog.Events.LogEventLevel.Warning)
            // The key ring is sealed as a whole where it is kept, which the library can't know; it warns at each start.
            .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection", Serilog.Events.LogEventLevel.Error)
            // What Entity Framework reports it also throws, and who catches it says it once; during an outage these would be several traces a second.
            .MinimumLevel.Override("Microsoft.EntityFrameworkCore", Serilog.Events.LogEventLevel.Fatal)
            .MinimumLevel.Override("Hangfire", Serilog.Events.LogEventLevel.Warning)
            .MinimumLevel.Override("FluentMigrator", Serilog.Events.LogEventLevel.Warning)
            // Taken apart by a careless template, a secret would show what its text hides.
            .Destructure.ByTransforming<Platform.Handlers.Secret>(secret => secret.ToString())
            .Enrich.WithProperty("Tier", options.Tier.Name);
        // Standard output belongs to the verbs' own answers, so logs go to standard error.
        if (!options.Offline) logs.WriteTo.Console(standardErrorFromLevel: Serilog.Events.LogEventLevel.Verbose, formatProvider: System.Globalization.CultureInfo.InvariantCulture);
        if (settings.File) logs.WriteTo.File(Path.Combine(options.DataFolder, "logs", "juming-.log"), rollingInterval: RollingInterval.Day, retainedFileCountLimit: 14, shared: false, formatProvider: System.Globalization.CultureInfo.InvariantCulture);
        builder.Logging.ClearProviders();
        builder.Services.AddSerilog(logs.CreateLogger(), dispose: true);
    }

    private static void Listen(WebApplicationBuilder builder, TierOptions options)
    {
        var web = builder.Configuration.GetSection("Web").Get<WebSettings>() ?? new WebSettings();
        builder.WebHost.UseUrls([.. web.Addresses(options.Tier)]);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = web.MaxRequestBytes;
            kestrel.Limits.MaxRequestHeaderCount = 100;
            kestrel.ConfigureHttpsDefaults(https => https.ServerCertificate = CertificateFile.Load(web, options.DataFolder));
        });
    }
}
