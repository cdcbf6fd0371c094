# Sensitivity and specificity pooled together by R lme4, for the tests: reads CSV (group, tp, fn, fp, tn), prints CSV.
# Rscript bivariate.R STUDIES.csv
suppressMessages({library(lme4)})
d <- read.csv(commandArgs(TRUE)[1], stringsAsFactors = FALSE)
cat("group,sens,spec,se_sens,se_spec,covariance,var_sens,var_spec,cov_between,log_likelihood,singular\n")
for (g in unique(d$group)) {
  s <- d[d$group == g, ]
  k <- nrow(s)
  long <- data.frame(study = rep(seq_len(k), 2), yes = c(s$tp, s$tn), no = c(s$fn, s$fp),
                     sens = rep(c(1, 0), each = k), spec = rep(c(0, 1), each = k))
  f <- suppressMessages(suppressWarnings(glmer(
    cbind(yes, no) ~ 0 + sens + spec + (0 + sens + spec | study), data = long, family = binomial,
    control = glmerControl(optimizer = "bobyqa", optCtrl = list(maxfun = 1e5, rhoend = 1e-9), tolPwrss = 1e-10,
                           check.conv.singular = "ignore"))))
  v <- as.matrix(vcov(f)); r <- VarCorr(f)$study
  # glmer counts the binomial coefficients in the log likelihood.
  constant <- sum(lchoose(long$yes + long$no, long$yes))
  row <- c(fixef(f), sqrt(diag(v)), v[1, 2], r[1, 1], r[2, 2], r[1, 2], as.numeric(logLik(f)) - constant)
  cat(g, ",", paste(format(row, digits = 15, trim = TRUE), collapse = ","), ",", isSingular(f), "\n", sep = "")
}
