# Pooled proportions by R metafor, for the tests: reads studies as CSV (group, x, n), prints CSV.
# Rscript pool.R STUDIES.csv
suppressMessages({library(metafor)})
d <- read.csv(commandArgs(TRUE)[1], stringsAsFactors = FALSE)
cat("group,estimate,low,high,tau2,i2,logit,se,lrt,lrt_p,pi_low,pi_high,iv,iv_low,iv_high,iv_tau2\n")
for (g in unique(d$group)) {
  s <- d[d$group == g, ]
  f <- suppressWarnings(rma.glmm(measure = "PLO", xi = s$x, ni = s$n))
  p <- predict(f, transf = transf.ilogit)
  v <- rma(measure = "PLO", xi = s$x, ni = s$n, method = "REML", control = list(stepadj = 0.5, maxiter = 1000))
  i <- transf.ilogit
  row <- c(i(f$beta[1]), i(f$ci.lb), i(f$ci.ub), f$tau2, f$I2, f$beta[1], f$se, f$QE.LRT, f$QEp.LRT, p$pi.lb, p$pi.ub,
           i(v$beta[1]), i(v$ci.lb), i(v$ci.ub), v$tau2)
  cat(g, ",", paste(format(row, digits = 15, trim = TRUE), collapse = ","), "\n", sep = "")
}
