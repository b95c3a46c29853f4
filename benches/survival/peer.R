# One task of R's survival package: Rscript peer.R FILE.csv TASK REPEATS. Prints JSON as the other runners do.
suppressMessages({ library(survival); library(jsonlite) })
given <- commandArgs(TRUE)
people <- read.csv(given[1])
memory <- function(key) {
  lines <- readLines("/proc/self/status")
  as.numeric(sub("[^0-9]*([0-9]+).*", "\\1", lines[startsWith(lines, key)])) / 1024
}
cox <- function(formula) {
  fit <- coxph(formula, people, ties = "efron")
  list(coef = unname(coef(fit)), se = unname(sqrt(diag(vcov(fit)))))
}
task <- switch(given[2],
  km = function() {
    curves <- survfit(Surv(duration, event) ~ participant, people, conf.type = "log-log")
    year <- summary(curves, times = 365)$surv
    list(S365_0 = year[1], S365_1 = year[2])
  },
  rmst = function() {
    curves <- survfit(Surv(duration, event) ~ participant, people)
    means <- summary(curves, rmean = 1000)$table[, "rmean"]
    list(rmst1000_0 = means[[1]], rmst1000_1 = means[[2]])
  },
  logrank = function() list(chi2 = survdiff(Surv(duration, event) ~ participant, people)$chisq),
  cox6 = function() cox(Surv(duration, event) ~ participant + x1 + x2 + x3 + x4 + x5),
  cox6_trunc = function() cox(Surv(entry, duration, event) ~ participant + x1 + x2 + x3 + x4 + x5))
before <- memory("VmRSS")
writeLines("5", "/proc/self/clear_refs")
walls <- c()
for (each in seq_len(as.integer(given[3]))) {
  began <- Sys.time()
  result <- task()
  walls <- c(walls, as.numeric(difftime(Sys.time(), began, units = "secs")))
}
version <- paste0("R ", getRversion(), ", survival ", packageVersion("survival"))
said <- list(version = version, wall_s = I(walls), task_peak_mb = memory("VmHWM") - before, result = result)
cat(toJSON(said, digits = NA, auto_unbox = TRUE))
