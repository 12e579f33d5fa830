using System.Security.Cryptography.X509Certificates;
using Juming.Operations;
using Juming.Platform.Data;
using Juming.Platform.Modules;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Options;
using Serilog;

namespace Juming.Hosting;

/// <summary>Builds one host: one tier with its own services, settings, data folder, database, accounts and port.</summary>
public static class TierHost
{
    /// <summary>Builds the host; nothing listens until it is started.</summary>
    /// <exception cref="SettingsException">A setting is unknown or out of range.</exception>
    public static WebApplication Build(TierOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "juming", ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseStaticWebAssets();
        ReadSettings(builder, options);
        var context = new TierContext(options.Tier, options.DataFolder, options.Offline);
        AddLogs(builder, options);
        builder.Services.AddSettings<WebSettings>("Web").AddSettings<LogSettings>("Log");
        builder.Services.AddTier(context, builder.Configuration);
        builder.Services.AddSingleton<IReadiness, CertificateReadiness>().AddSingleton<IReadiness, ClockReadiness>();
        if (options.Offline) builder.Services.AddSingleton<IServer, NoServer>();
        else
        {
            Shell.ShellServices.Add(builder.Services);
            builder.Services.AddHostedService<AdminSocket>();
        }
        options.Services?.Invoke(builder.Services);
        CheckSettings(builder, options);
        if (!options.Offline) Listen(builder, options);
        builder.Host.UseDefaultServiceProvider(provider => (provider.ValidateOnBuild, provider.ValidateScopes) = (true, true));
        var app = builder.Build();
        SchemaUpgrade.Run(app.Services.GetRequiredService<Database>(), PlatformServices.Assemblies(options.Tier.Modules));
        if (!options.Offline) Shell.ShellServices.Map(app);
        return app;
    }

    private static void ReadSettings(WebApplicationBuilder builder, TierOptions options)
    {
        var configuration = builder.Configuration;
        configuration.Sources.Clear();
        var file = options.SettingsFile ?? Path.Combine(AppContext.BaseDirectory, $"appsettings.Tier{options.Tier.Number}.json");
        if (options.SettingsFile is not null && !File.Exists(file)) throw new SettingsException("--settings", $"there is no file '{file}'", "a path to a JSON settings file");
        configuration.AddJsonFile(file, optional: true, reloadOnChange: false);
        configuration.AddEnvironmentVariables("JUMING_");
        // Variables that steer the program itself, or its tests and benchmarks, are not settings.
        configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["TIER"] = null, ["DATA"] = null, ["SHARED"] = null, ["PROGRAM"] = null, ["BENCH_DIR"] = null });
        if (options.Urls is { } urls) configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Web:Urls"] = urls });
        configuration.AddInMemoryCollection(options.Overrides);
    }

    private static void CheckSettings(WebApplicationBuilder builder, TierOptions options)
    {
        var sections = builder.Services.Where(s => s.ServiceType == typeof(SettingsSection)).Select(s => (SettingsSection)s.ImplementationInstance!).ToList();
        Settings.Check(builder.Configuration, sections, [.. options.Tier.Modules.Select(m => m.Name)]);
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
        var logs = new LoggerConfiguration().MinimumLevel.Is(level)
            .MinimumLevel.Override("Microsoft", Serilog.Events.LogEventLevel.Warning)
            // The key ring lies in the data folder, which its owner alone may read; the library warns about that at each start.
            .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection", Serilog.Events.LogEventLevel.Error)
            // What Entity Framework reports it also throws, and who catches it says it once; during an outage these would be several traces a second.
            .MinimumLevel.Override("Microsoft.EntityFrameworkCore", Serilog.Events.LogEventLevel.Fatal)
            .MinimumLevel.Override("Hangfire", Serilog.Events.LogEventLevel.Warning)
            .MinimumLevel.Override("FluentMigrator", Serilog.Events.LogEventLevel.Warning)
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
        var urls = web.Urls.Length > 0 ? web.Urls : $"https://localhost:{options.Tier.DefaultPort}";
        builder.WebHost.UseUrls(urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = web.MaxRequestBytes;
            kestrel.Limits.MaxRequestHeaderCount = 100;
            kestrel.ConfigureHttpsDefaults(https => https.ServerCertificate = CertificateFile.Load(web, options.DataFolder));
        });
    }
}
